"""The published record of promises: leaves, trees and their proofs. Pure."""

"""Pictures of numbers, as SVG: pure functions of what they show. A picture is never alone: its table stands beneath
it."""

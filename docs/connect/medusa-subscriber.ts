// src/subscribers/aftercare.ts of a Medusa v2 project: tells Aftercare what happens to orders.
// AFTERCARE_URL=https://care.example.com/in/northlight/own AFTERCARE_SECRET=whsec_…
import { createHmac } from "node:crypto"
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"

const TYPES: Record<string, string> = { "order.placed": "order.placed", "order.canceled": "order.cancelled" }
const FIELDS = ["*", "items.*", "shipping_address.*", "billing_address.*", "shipping_methods.*", "customer.*"]

export default async function tellAftercare({ event, container }: SubscriberArgs<{ id: string }>) {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({ entity: "order", fields: FIELDS, filters: { id: event.data.id } })
  const order = data[0]
  const lines = order.items.map((item: any) => ({
    id: item.id, name: item.title, sku: item.variant_sku ?? "", quantity: item.quantity,
    unit_price: String(item.unit_price), total: String(item.total),
  }))
  const body = JSON.stringify({
    type: TYPES[event.name],
    timestamp: new Date(order.updated_at).toISOString(),
    data: {
      number: String(order.display_id), placed_at: new Date(order.created_at).toISOString(),
      currency: order.currency_code.toUpperCase(), total: String(order.total), tax: String(order.tax_total), lines,
      costs: order.shipping_methods.map((method: any) => ({ label: method.name, amount: String(method.total) })),
      customer: { name: `${order.customer?.first_name ?? ""} ${order.customer?.last_name ?? ""}`.trim(), email: order.email },
    },
  })
  const id = `${event.name}-${order.id}`, now = Math.floor(Date.now() / 1000)
  const key = Buffer.from(process.env.AFTERCARE_SECRET!.replace(/^whsec_/, ""), "base64")
  const signature = createHmac("sha256", key).update(`${id}.${now}.${body}`).digest("base64")
  const answer = await fetch(process.env.AFTERCARE_URL!, {
    method: "POST", body, signal: AbortSignal.timeout(10_000),
    headers: { "Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": String(now), "webhook-signature": `v1,${signature}` },
  })
  if (!answer.ok) throw new Error(`Aftercare answered ${answer.status}`) // Medusa's event bus tries again
}

export const config: SubscriberConfig = { event: Object.keys(TYPES) }

<?php
// The part of a PrestaShop module that tells Aftercare when an order's status changes.
// In install(): $this->registerHook('actionValidateOrder') && $this->registerHook('actionOrderStatusPostUpdate')
require_once __DIR__ . '/send-event.php';

trait TellsAftercare
{
    public function hookActionValidateOrder(array $params): void
    {
        $order = $params['order'];
        $customer = new Customer($order->id_customer);
        $lines = array_map(fn (array $each): array => [
            'id' => (string) $each['id_order_detail'],
            'name' => $each['product_name'],
            'sku' => $each['product_reference'],
            'quantity' => (int) $each['product_quantity'],
            'unit_price' => number_format((float) $each['unit_price_tax_incl'], 2, '.', ''),
            'total' => number_format((float) $each['total_price_tax_incl'], 2, '.', ''),
        ], $order->getProducts());
        $this->tell('order.placed', $order, [
            'placed_at' => date(DATE_ATOM, strtotime($order->date_add)),
            'currency' => (new Currency($order->id_currency))->iso_code,
            'total' => number_format((float) $order->total_paid_tax_incl, 2, '.', ''),
            'tax' => number_format($order->total_paid_tax_incl - $order->total_paid_tax_excl, 2, '.', ''),
            'lines' => array_values($lines),
            'costs' => [['label' => 'shipping', 'amount' => number_format((float) $order->total_shipping_tax_incl, 2, '.', '')]],
            'customer' => ['name' => "$customer->firstname $customer->lastname", 'email' => $customer->email],
            'payment' => $order->payment,
        ]);
    }

    public function hookActionOrderStatusPostUpdate(array $params): void
    {
        $order = new Order((int) $params['id_order']);
        $types = [
            (int) Configuration::get('PS_OS_PAYMENT') => 'order.paid',
            (int) Configuration::get('PS_OS_CANCELED') => 'order.cancelled',
            (int) Configuration::get('PS_OS_SHIPPING') => 'shipment.sent',
            (int) Configuration::get('PS_OS_DELIVERED') => 'shipment.delivered',
        ];
        $type = $types[(int) $params['newOrderStatus']->id] ?? null;
        if ($type !== null) {
            $carrier = new Carrier($order->id_carrier);
            $parcel = ['id' => "$order->reference-1", 'carrier' => $carrier->name, 'tracking_number' => $order->getWsShippingNumber()];
            $this->tell($type, $order, str_starts_with($type, 'shipment.') ? ['parcel' => $parcel] : []);
        }
    }

    private function tell(string $type, Order $order, array $data): void
    {
        $event = ['type' => $type, 'timestamp' => date(DATE_ATOM), 'data' => ['number' => $order->reference] + $data];
        aftercare_send(Configuration::get('AFTERCARE_URL'), Configuration::get('AFTERCARE_SECRET'), $event, "$type-$order->reference");
    }
}

<?php
/** Walks the PHP client through a seller's day in the sandbox: one line per call, exit code 1 on any difference. */

declare(strict_types=1);

use EcomPHP\TiktokShop\Auth;
use EcomPHP\TiktokShop\Client;
use EcomPHP\TiktokShop\Errors\TiktokShopException;
use EcomPHP\TiktokShop\Webhook;

[, $sdk] = $argv;
if (is_file("$sdk/vendor/autoload.php")) {
    require "$sdk/vendor/autoload.php";
} else {
    require 'GuzzleHttp/autoload.php'; // the system's own package, on PHP's include path
    spl_autoload_register(function (string $class) use ($sdk): void {
        $start = 'EcomPHP\\TiktokShop\\';
        if (str_starts_with($class, $start)) {
            require "$sdk/src/" . str_replace('\\', '/', substr($class, strlen($start))) . '.php';
        }
    });
}

$faults = 0;
$say = function (bool $fine, string $text) use (&$faults): void {
    $faults += $fine ? 0 : 1;
    echo $fine ? '  ok    ' : '  WRONG ', $text, "\n";
};

/** What is missing or of another type; `a.*.b` looks into every row of a. */
function differences(mixed $data, array $wanted): array
{
    $found = [];
    foreach ($wanted as $path => $type) {
        $nodes = [$data];
        foreach (explode('.', $path) as $part) {
            $next = [];
            foreach ($nodes as $node) {
                if (!is_array($node) || ($part !== '*' && !array_key_exists($part, $node))) {
                    $found[] = "$path is missing";
                    continue 3;
                }
                $next = $part === '*' ? [...$next, ...array_values($node)] : [...$next, $node[$part]];
            }
            $nodes = $next;
        }
        if ($nodes === []) {
            $found[] = "$path has no rows";
        }
        foreach ($nodes as $node) {
            $fits = match ($type) {
                'id' => is_string($node) && ctype_digit($node),
                'list' => is_array($node) && array_is_list($node),
                'money' => is_string($node) && preg_match('/^\d+(\.\d+)?$/', $node) === 1,
                default => get_debug_type($node) === $type,
            };
            if (!$fits) {
                $found[] = "$path is " . json_encode($node) . ", not $type";
                break;
            }
        }
    }
    return $found;
}

/** One call that must succeed with these fields; answers its data. */
$call = function (string $name, callable $act, array $wanted = []) use ($say): array {
    try {
        $data = $act();
    } catch (Throwable $error) {
        $say(false, sprintf('%s: %s %d %s', $name, get_class($error), $error->getCode(), $error->getMessage()));
        return [];
    }
    $found = differences($data, $wanted);
    $say($found === [], $name . ($found ? ': ' . implode('; ', $found) : ''));
    return $data;
};

/** One call that must be refused with this code and the client's own class of error. */
$refused = function (string $name, int $code, string $class, callable $act) use ($say): void {
    try {
        $act();
        $say(false, "$name: was accepted, expected $code");
    } catch (TiktokShopException $error) {
        $kind = substr(strrchr(get_class($error), '\\'), 1);
        $same = $error->getCode() === $code && $kind === $class;
        $say($same, "$name: $kind {$error->getCode()}" . ($same ? '' : ", expected $class $code ({$error->getMessage()})"));
    }
};

/** The batch calls answer 0 and tell failures apart. */
$errors = fn(array $data): array => array_map(
    fn($row) => $row['detail']['extra_errors'][0]['code'] ?? $row['code'], $data['errors'] ?? []
);

$base = getenv('SANDBOX_URL');
$options = ['base_uri' => "$base/", 'proxy' => '', 'timeout' => 20];
$client = new Client(getenv('APP_KEY'), getenv('APP_SECRET'), $options);
$auth = $client->auth();
(new ReflectionProperty(Auth::class, 'authHost'))->setValue($auth, $base); // a protected property, not a setting

$token = ['access_token' => 'string', 'refresh_token' => 'string', 'access_token_expire_in' => 'int',
    'refresh_token_expire_in' => 'int', 'open_id' => 'string', 'seller_name' => 'string',
    'seller_base_region' => 'string', 'user_type' => 'int', 'granted_scopes' => 'list'];
$granted = $call('exchange the code', fn() => $auth->getToken(getenv('AUTH_CODE')), $token);
$refused('exchange it again', 36004004, 'AuthorizationException', fn() => $auth->getToken(getenv('AUTH_CODE')));
$granted = $call('refresh', fn() => $auth->refreshNewToken($granted['refresh_token']), $token);
$refused('refresh with nonsense', 36004005, 'AuthorizationException', fn() => $auth->refreshNewToken('TTP_nonsense'));
$say(str_contains($auth->createAuthRequest('abc', true), 'state=abc'), 'authorization link');

$client->setAccessToken($granted['access_token']);
$shops = $call('authorized shops', fn() => $client->Authorization->getAuthorizedShop(), [
    'shops.*.id' => 'id', 'shops.*.name' => 'string', 'shops.*.region' => 'string', 'shops.*.seller_type' => 'string',
    'shops.*.cipher' => 'string', 'shops.*.code' => 'string',
]);
$call('seller shops', fn() => $client->Seller->getActiveShopList(), ['shops.*.id' => 'id', 'shops.*.region' => 'string']);
$call('seller permissions', fn() => $client->Seller->getSellerPermissions(), ['permissions' => 'list']);
$refused('warehouses without a cipher', 106013, 'ResponseException', fn() => $client->Logistic->getWarehouseList());
$client->setShopCipher($shops['shops'][0]['cipher']);
$shop = $shops['shops'][0]['id'];

$stranger = new Client(getenv('APP_KEY'), 'another-secret', $options);
$stranger->setAccessToken($granted['access_token']);
$refused('wrong secret', 106001, 'ResponseException', fn() => $stranger->Authorization->getAuthorizedShop());
$stranger = new Client('another-key', getenv('APP_SECRET'), $options);
$stranger->setAccessToken($granted['access_token']);
$refused('wrong app key', 36009004, 'TokenException', fn() => $stranger->Authorization->getAuthorizedShop());
$stranger = new Client(getenv('APP_KEY'), getenv('APP_SECRET'), $options);
$stranger->setAccessToken('TTP_nonsense_nonsense_nonsense');
$refused('wrong token', 36009004, 'TokenException', fn() => $stranger->Authorization->getAuthorizedShop());
$stranger->setAccessToken($granted['access_token']);
$stranger->setShopCipher('TTP_somebody_else');
$refused('wrong cipher', 101000, 'ResponseException', fn() => $stranger->Logistic->getWarehouseList());

$places = $call('warehouses', fn() => $client->Logistic->getWarehouseList(), [
    'warehouses.*.id' => 'id', 'warehouses.*.name' => 'string', 'warehouses.*.type' => 'string',
    'warehouses.*.sub_type' => 'string', 'warehouses.*.effect_status' => 'string', 'warehouses.*.is_default' => 'bool',
    'warehouses.*.address.region_code' => 'string',
])['warehouses'];
$sales = array_values(array_filter(
    $places, fn($row) => $row['type'] === 'SALES_WAREHOUSE' && $row['effect_status'] === 'ENABLED'
));
$call('global warehouses', fn() => $client->Logistic->getGlobalSellerWarehouse(), ['global_warehouses' => 'list']);
$delivery = $call('delivery options', fn() => $client->Logistic->getWarehouseDeliveryOptions($sales[0]['id']), [
    'delivery_options.*.id' => 'id', 'delivery_options.*.name' => 'string', 'delivery_options.*.type' => 'string',
])['delivery_options'];
foreach ($delivery as $row) {
    if ($row['type'] === 'SEND_BY_SELLER') {
        $call('shipping providers', fn() => $client->Logistic->getShippingProvider($row['id']), [
            'shipping_providers.*.id' => 'id', 'shipping_providers.*.name' => 'string',
        ]);
    }
}

$v2 = ['category_version' => 'v2'];
$tree = $call('categories', fn() => $client->Product->getCategories($v2), [
    'categories.*.id' => 'id', 'categories.*.parent_id' => 'id', 'categories.*.local_name' => 'string',
    'categories.*.is_leaf' => 'bool', 'categories.*.permission_statuses' => 'list',
])['categories'];
$leaves = array_filter($tree, fn($row) => $row['is_leaf'] && $row['permission_statuses'] === ['AVAILABLE']);
$say(count($leaves) >= 60, count($leaves) . ' leaves');
$refused('categories of the old version', 12052217, 'ResponseException', fn() => $client->Product->getCategories());
$call('category by keyword', fn() => $client->Product->getCategories($v2 + ['keyword' => 'mug']), ['categories.*.id' => 'id']);
$leaf = $call('recommended category',
    fn() => $client->Product->recommendCategory('A plain mug for coffee', '', [], 'v2'), [
    'leaf_category_id' => 'id', 'categories.*.id' => 'id', 'categories.*.name' => 'string', 'categories.*.level' => 'int',
    'categories.*.is_leaf' => 'bool', 'categories.*.permission_statuses' => 'list',
])['leaf_category_id'];
foreach (array_slice(array_column($leaves, 'id'), 0, 3) as $id) {
    $call("rules of $id", fn() => $client->Product->getCategoryRules($id, $v2), [
        'product_certifications' => 'list', 'size_chart.is_supported' => 'bool', 'size_chart.is_required' => 'bool',
        'cod.is_supported' => 'bool', 'package_dimension.is_required' => 'bool', 'epr.is_required' => 'bool',
        'responsible_person.is_required' => 'bool', 'manufacturer.is_required' => 'bool',
        'allowed_special_product_types' => 'list',
    ]);
    $call("attributes of $id", fn() => $client->Product->getAttributes($id, $v2), [
        'attributes.*.id' => 'id', 'attributes.*.name' => 'string', 'attributes.*.type' => 'string',
        'attributes.*.is_requried' => 'bool', // spelled so in the documented answer (reference 4.4)
    ]);
}
$refused('rules of no category', 12052023, 'ResponseException', fn() => $client->Product->getCategoryRules('1', $v2));
$refused('attributes of a branch', 12052024, 'ResponseException',
    fn() => $client->Product->getAttributes('600100', $v2));

$brands = ['brands.*.id' => 'id', 'brands.*.name' => 'string', 'brands.*.authorized_status' => 'string',
    'brands.*.is_t1_brand' => 'bool', 'total_count' => 'int'];
$page = $call('brands', fn() => $client->Product->getBrands(['page_size' => 5] + $v2), $brands + ['next_page_token' => 'string']);
$call('brands, next page',
    fn() => $client->Product->getBrands(['page_size' => 5, 'page_token' => $page['next_page_token']]), $brands);
$call('brands of a category', fn() => $client->Product->getBrands(['category_id' => $leaf, 'is_authorized' => 1] + $v2), $brands);
$brand = $call('own brand', fn() => $client->Product->createCustomBrand('Conformance Pottery'), ['id' => 'id'])['id'];
$refused('own brand again', 12052205, 'ResponseException', fn() => $client->Product->createCustomBrand('Conformance Pottery'));

$image = $call('upload an image', fn() => $client->Product->uploadProductImage(getenv('PICTURE')), [
    'uri' => 'string', 'url' => 'string', 'width' => 'int', 'height' => 'int', 'use_case' => 'string',
])['uri'];
$refused('upload no image', 12038004, 'ResponseException', fn() => $client->Product->uploadProductImage(__FILE__));
$call('upload a file', fn() => $client->Product->uploadProductFile(getenv('PDF'), 'paper.pdf'), [
    'id' => 'string', 'url' => 'string', 'name' => 'string', 'format' => 'string',
]);
$call('prerequisites', fn() => $client->Product->checkListingPrerequisites(), [
    'check_results.*.check_item' => 'string', 'check_results.*.is_failed' => 'bool', 'check_results.*.fail_reasons' => 'list',
]);
$call('prerequisites 202312', fn() => $client->Product->useVersion('202312')->checkListingPrerequisites(), [
    'check_results.*.check_item' => 'string',
]);

$sku = fn(string $color, int $quantity): array => [
    'seller_sku' => "CONF-PHP-$color", 'price' => ['amount' => '9.90', 'currency' => 'USD'],
    'sales_attributes' => [['name' => 'Color', 'value_name' => $color]],
    'inventory' => [['warehouse_id' => $sales[0]['id'], 'quantity' => $quantity]],
];
$body = [
    'save_mode' => 'LISTING', 'title' => 'Plain stoneware mug', 'description' => '<p>Кружка – 350 ml</p>',
    'category_id' => $leaf, 'category_version' => 'v2', 'brand_id' => $brand, 'main_images' => [['uri' => $image]],
    'package_weight' => ['value' => '0.35', 'unit' => 'KILOGRAM'],
    'package_dimensions' => ['length' => '12', 'width' => '10', 'height' => '10', 'unit' => 'CENTIMETER'],
    'skus' => [$sku('Blue', 5), $sku('Green', 7)],
];
$receipt = ['product_id' => 'id', 'skus.*.id' => 'id', 'skus.*.seller_sku' => 'string',
    'skus.*.sales_attributes.*.id' => 'id', 'skus.*.sales_attributes.*.value_id' => 'id'];
$full = ['id' => 'id', 'title' => 'string', 'status' => 'string', 'audit.status' => 'string', 'description' => 'string',
    'category_chains.*.id' => 'id', 'category_chains.*.local_name' => 'string', 'brand.id' => 'id', 'brand.name' => 'string',
    'main_images.*.uri' => 'string', 'main_images.*.urls' => 'list', 'main_images.*.width' => 'int',
    'skus.*.id' => 'id', 'skus.*.price.currency' => 'string', 'skus.*.price.sale_price' => 'money',
    'skus.*.price.tax_exclusive_price' => 'money', 'skus.*.inventory.*.warehouse_id' => 'id',
    'skus.*.inventory.*.quantity' => 'int', 'skus.*.sales_attributes.*.value_name' => 'string',
    'package_weight.value' => 'money', 'create_time' => 'int', 'update_time' => 'int'];
$found = ['products.*.id' => 'id', 'products.*.title' => 'string', 'products.*.status' => 'string',
    'products.*.create_time' => 'int', 'products.*.skus.*.id' => 'id', 'products.*.sales_regions' => 'list', 'total_count' => 'int'];

$refused('create without images', 12052028, 'ResponseException',
    fn() => $client->Product->createProduct(['main_images' => []] + $body));
$return = array_values(array_filter($places, fn($row) => $row['type'] === 'RETURN_WAREHOUSE'))[0]['id'];
$bad = $body;
$bad['skus'][0]['inventory'][0]['warehouse_id'] = $bad['skus'][1]['inventory'][0]['warehouse_id'] = $return;
$refused('create in a return warehouse', 12052532, 'ResponseException', fn() => $client->Product->createProduct($bad));
$made = $call('create', fn() => $client->Product->createProduct(['idempotency_key' => 'conf-php'] + $body), $receipt);
$again = $call('create, same key', fn() => $client->Product->createProduct(['idempotency_key' => 'conf-php'] + $body), $receipt);
$id = $made['product_id'];
$say($again['product_id'] === $id, 'the same product');

$status = function (string $wanted) use ($client, $id, $say): void {
    for ($i = 0; $i < 100; $i++) {
        $now = $client->Product->getProduct($id);
        if ($now['status'] === $wanted && $now['audit']['status'] !== 'AUDITING') {
            break;
        }
        usleep(100_000);
    }
    $say($now['status'] === $wanted, "status {$now['status']} after review");
};
$call('get', fn() => $client->Product->getProduct($id), $full);
$status('ACTIVATE');
$refused('get nobody', 12052032, 'ResponseException', fn() => $client->Product->getProduct('1'));
foreach (['202309', '202312', '202502'] as $version) {
    $call("search $version", fn() => $client->Product->useVersion($version)->searchProducts(
        ['page_size' => 10], ['status' => 'ACTIVATE', 'seller_skus' => ['CONF-PHP-Blue']]
    ), $found);
}
$call('search for everything', fn() => $client->Product->searchProducts(['page_size' => 10]), $found);
$call('search for everything, by default', fn() => $client->Product->searchProducts(), $found);
$refused('search, page too large', 12019109, 'ResponseException',
    fn() => $client->Product->searchProducts(['page_size' => 101], ['status' => 'ALL']));
$call('search stock', fn() => $client->Product->inventorySearch(['product_ids' => [$id]]), [
    'inventory.*.product_id' => 'id', 'inventory.*.skus.*.id' => 'id', 'inventory.*.skus.*.seller_sku' => 'string',
    'inventory.*.skus.*.total_available_quantity' => 'int', 'inventory.*.skus.*.total_committed_quantity' => 'int',
    'inventory.*.skus.*.warehouse_inventory.*.warehouse_id' => 'id',
    'inventory.*.skus.*.warehouse_inventory.*.available_quantity' => 'int',
]);

$skus = array_column($made['skus'], 'id');
$stock = fn(int $quantity): array => ['skus' => array_map(fn($one) => [
    'id' => $one, 'inventory' => [['warehouse_id' => $sales[0]['id'], 'quantity' => $quantity]],
], $skus)];
$call('update stock', fn() => $client->Product->updateInventory($id, $stock(33)));
$partly = $call('update stock of a stranger', fn() => $client->Product->updateInventory($id, ['skus' => [
    ['id' => $skus[0], 'inventory' => [['warehouse_id' => $return, 'quantity' => 1]]],
]]), ['errors.*.code' => 'int', 'errors.*.message' => 'string', 'errors.*.detail.sku_id' => 'id',
    'errors.*.detail.extra_errors.*.code' => 'int']);
$call('update price', fn() => $client->Product->updatePrice($id, ['skus' => array_map(
    fn($one) => ['id' => $one, 'price' => ['amount' => '11.50', 'currency' => 'USD']], $skus
)]));
$refused('update price, wrong currency', 12052084, 'ResponseException', fn() => $client->Product->updatePrice($id, ['skus' => [
    ['id' => $skus[0], 'price' => ['amount' => '11.50', 'currency' => 'EUR']],
]]));
$now = $call('get again', fn() => $client->Product->getProduct($id), $full);
$say($now['skus'][0]['inventory'][0]['quantity'] === 33 && $now['skus'][0]['price']['sale_price'] === '11.50',
    'stock and price act at once');

$edited = ['title' => 'Plain stoneware mug, second edition'] + $body;
unset($edited['save_mode']);
$edited['skus'] = array_map(fn($row, $one) => ['id' => $one] + $row, $edited['skus'], $skus);
$call('edit', fn() => $client->Product->editProduct($id, $edited), $receipt);
$call('get the version under review', fn() => $client->Product->getProduct($id, ['return_under_review_version' => 'true']), $full);
$status('ACTIVATE');
$call('edit 202509', fn() => $client->Product->useVersion('202509')->editProduct($id, $edited), $receipt);
$status('ACTIVATE');
$call('partial edit', fn() => $client->Product->partialEditProduct($id, ['title' => 'Plain stoneware mug, third edition']),
    $receipt + ['audit.status' => 'string']);
$status('ACTIVATE');
$call('partial edit 202509', fn() => $client->Product->useVersion('202509')->partialEditProduct(
    $id, ['description' => '<p>Fourth</p>']
), $receipt);
$status('ACTIVATE');
$refused('a version nobody knows', 36009014, 'TokenException',
    fn() => $client->Product->useVersion('209901')->getProduct($id));

$batch = function (string $name, callable $act, array $codes = []) use ($call, $say, $errors): void {
    $data = $call($name, $act);
    $say($errors($data) === $codes, "$name: " . json_encode($errors($data)));
};
$batch('activate a live product', fn() => $client->Product->activateProducts([$id]), [12052901]);
$batch('deactivate', fn() => $client->Product->deactivateProducts([$id]));
$status('SELLER_DEACTIVATED');
$batch('activate', fn() => $client->Product->activateProducts([$id]));
$status('ACTIVATE');
$batch('delete', fn() => $client->Product->deleteProducts([$id]));
$refused('get a deleted product', 12052901, 'ResponseException', fn() => $client->Product->getProduct($id));
$batch('recover', fn() => $client->Product->recoverProducts([$id]));
$status('SELLER_DEACTIVATED');
$batch('delete, one unknown', fn() => $client->Product->deleteProducts([$id, '1']), [12052032]);

$hook = getenv('RECEIVER') . '/own';
$call('register a webhook', fn() => $client->Event->updateShopWebhook('PRODUCT_STATUS_CHANGE', $hook));
$call('webhooks', fn() => $client->Event->getShopWebhooks(), [
    'webhooks.*.event_type' => 'string', 'webhooks.*.address' => 'string', 'webhooks.*.create_time' => 'int',
    'webhooks.*.update_time' => 'int', 'total_count' => 'int',
]);
$batch('recover once more', fn() => $client->Product->recoverProducts([$id]));
$call('forget the webhook', fn() => $client->Event->deleteShopWebhook('PRODUCT_STATUS_CHANGE'));
$refused('register an unknown event', 36009004, 'TokenException', fn() => $client->Event->updateShopWebhook('NONSENSE', $hook));

// What the sandbox delivered meanwhile, judged by the client's own receiver.
$opener = stream_context_create(['http' => ['proxy' => '']]);
for ($i = 0, $heard = []; $i < 50; $i++, usleep(100_000)) {
    $heard = json_decode((string) file_get_contents(getenv('RECEIVER') . '/heard', false, $opener), true);
    if (in_array('/own', array_column($heard, 'path'), true)) {
        break;
    }
}
$say(in_array('/own', array_column($heard, 'path'), true), 'a webhook came to the registered address');
$types = [];
foreach ($heard as $delivery) {
    $raw = base64_decode($delivery['body']);
    $webhook = new Webhook($client);
    try {
        $webhook->verify($delivery['authorization'], $raw);
        $webhook->capture(json_decode($raw, true));
        $fine = $webhook->getShopId() === $shop && is_int($webhook->getTimestamp()) && is_array($webhook->getData());
        $types[$webhook->getType()] = true;
        $fine = $fine && !$webhook->verify($delivery['authorization'], $raw . ' ', false);
        $say($fine, "webhook of type {$webhook->getType()}: " . json_encode($webhook->getData()));
    } catch (Throwable $error) {
        $say(false, "webhook: {$error->getMessage()} $raw");
    }
}
$say(isset($types[Webhook::PRODUCT_STATUS_UPDATE], $types[37]), 'product status and audit came by webhook');
exit($faults === 0 ? 0 : 1);

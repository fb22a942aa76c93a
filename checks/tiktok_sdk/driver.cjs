'use strict';
/** Walks the TypeScript client through a seller's day in the sandbox: one line per call, exit code 1 on a difference. */

const fs = require('node:fs');
const { ALLOWED } = require('./allowed.cjs');

const folder = process.argv[2];
const env = process.env;
const plain = globalThis.fetch;
const HOSTS = ['https://open-api.tiktokglobalshop.com', 'https://auth.tiktok-shops.com'];

// The one change from outside: the client's hosts become the sandbox. A form of the `form-data` package, which the
// native fetch cannot send, is handed over as the bytes it would have produced.
globalThis.fetch = (address, options) => {
  const host = HOSTS.find((one) => address.startsWith(one));
  if (!host) throw new Error(`a call to ${address} would have left the machine`);
  const body = typeof options?.body?.getBuffer === 'function' ? options.body.getBuffer() : options?.body;
  return plain(env.SANDBOX_URL + address.slice(host.length), { ...options, body });
};

const { TikTokShopSDK, TikTokAPIError } = require('tiktok-shop-sdk');
const types = require('./types.cjs')(folder);
const sdk = new TikTokShopSDK({ appKey: env.APP_KEY, appSecret: env.APP_SECRET });

let faults = 0;
const used = new Set();
const say = (fine, text) => {
  faults += fine ? 0 : 1;
  console.log(`${fine ? '  ok    ' : '  WRONG '}${text}`);
};

/** Each difference once, without those the list allows. */
function judge(name, answer, type) {
  const left = new Set();
  for (const { place, fault } of types.differences(answer, type)) {
    const row = ALLOWED.find((one) => one.call.test(name) && one.place.test(place) && one.fault.test(fault));
    if (row) used.add(row);
    else left.add(`${place} ${fault}`);
  }
  return [...left];
}

/** One call that must succeed and be of the declared type; answers its data. */
async function call(module, method, ...values) {
  const name = `${module}.${method}`;
  try {
    const answer = await sdk[module][method](...values);
    const left = answer.code === 0 ? judge(name, answer, types.answer(module, method)) : [`code ${answer.code} ${answer.message}`];
    say(left.length === 0, `${name}${left.length ? `: ${left.join('; ')}` : ''}`);
    return answer.data;
  } catch (error) {
    say(false, `${name}: ${error.name} ${error.code ?? ''} ${error.message}`);
    return {};
  }
}

/** One call that must be refused with this code, as the client's own error. */
async function refused(code, module, method, ...values) {
  try {
    await sdk[module][method](...values);
    say(false, `${module}.${method}: was accepted, expected ${code}`);
  } catch (error) {
    say(error instanceof TikTokAPIError && error.code === code && Boolean(error.request_id || module === 'auth'),
      `${module}.${method}: ${error.name} ${error.code}, expected ${code}`);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function reviewed(product_id, wanted) {
  let product;
  for (let i = 0; i < 100; i += 1) {
    product = (await sdk.product.getProduct({ product_id })).data;
    if (product.status === wanted && product.audit.status !== 'AUDITING') break;
    await pause(100);
  }
  say(product.status === wanted, `status ${product.status} after review`);
}

async function connect(code) {
  const granted = await call('auth', 'getAccessToken', { auth_code: code, grant_type: 'authorized_code' });
  await refused(36004004, 'auth', 'getAccessToken', { auth_code: code, grant_type: 'authorized_code' });
  const fresh = await call('auth', 'refreshAccessToken', { refresh_token: granted.refresh_token, grant_type: 'refresh_token' });
  sdk.setAccessToken(fresh.access_token);
  sdk.setShopCipher(undefined);
  const { shops } = await call('shop', 'getAuthorizedShops');
  await refused(106013, 'logistic', 'getWarehouseList');
  sdk.setShopCipher(shops[0].cipher);
  await call('seller', 'getActiveShops');
  await call('seller', 'getSellerPermissions');
  return shops;
}

async function places() {
  const { warehouses } = await call('logistic', 'getWarehouseList');
  await call('logistic', 'getGlobalSellerWarehouse');
  const { delivery_options: options } = await call('logistic', 'getWarehouseDeliveryOptions', warehouses[0].id);
  const own = options.find((one) => one.type === 'SEND_BY_SELLER');
  if (own) {
    const answer = await sdk.logistic.getShippingProviders(own.id); // declared with the delivery options' type by mistake
    say(answer.data.shipping_providers.every((one) => one.id && one.name), 'logistic.getShippingProviders');
  }
  return warehouses;
}

async function catalogue() {
  const query = { category_version: 'v2' };
  const { categories } = await call('product', 'getCategories', query);
  await refused(12052217, 'product', 'getCategories', {});
  for (const leaf of categories.filter((one) => one.is_leaf && one.permission_statuses.join() === 'AVAILABLE')) {
    if (Number(leaf.id) % 5) continue; // a fifth of the tree, all kinds of attributes among it
    await call('product', 'getCategoryRules', { category_id: leaf.id, query });
    await call('product', 'getAttributes', { category_id: leaf.id, query });
  }
  await refused(12052023, 'product', 'getCategoryRules', { category_id: '1', query });
  await call('product', 'getBrands', { page_size: 20, category_version: 'v2' });
  const brand = await call('product', 'createCustomBrands', { name: 'Typed Pottery' });
  await call('product', 'getProductPrerequisites');
  const { leaf_category_id: leaf } = await call('product', 'recommendCategory', {
    product_title: 'A plain mug for coffee', category_version: 'v2',
  });
  return { leaf, brand: brand.id };
}

async function product(warehouses, { leaf, brand }) {
  const image = await call('product', 'uploadProductImage', { data: fs.readFileSync(env.PICTURE), use_case: 'MAIN_IMAGE' });
  await call('product', 'uploadProductFile', { data: fs.readFileSync(env.PDF), name: 'paper.pdf' });
  const place = warehouses.find((one) => one.type === 'SALES_WAREHOUSE' && one.effect_status === 'ENABLED').id;
  const sku = (color, quantity) => ({
    seller_sku: `CONF-TS-${color}`, external_sku_id: `ts-${color}`, price: { amount: '9.90', currency: 'USD' },
    list_price: { amount: '12.00', currency: 'USD' }, sales_attributes: [{ name: 'Color', value_name: color }],
    inventory: [{ warehouse_id: place, quantity }], identifier_code: color === 'Blue' ? { code: '0036000291452', type: 'EAN' } : undefined,
  });
  const body = {
    save_mode: 'LISTING', title: 'Typed stoneware mug', description: '<p>Кружка – 350 ml</p>', category_id: leaf,
    category_version: 'v2', brand_id: brand, main_images: [{ uri: image.uri }],
    package_weight: { value: '0.35', unit: 'KILOGRAM' },
    package_dimensions: { length: '12', width: '10', height: '10', unit: 'CENTIMETER' },
    skus: [sku('Blue', 5), sku('Green', 7)],
  };
  await call('product', 'checkProductListing', body);
  await call('product', 'checkProductListing', { ...body, title: '' });
  await refused(12052028, 'product', 'createProduct', { ...body, main_images: [] });
  const made = await call('product', 'createProduct', body);
  const { product_id } = made;
  await call('product', 'getProduct', { product_id });
  await reviewed(product_id, 'ACTIVATE');
  await call('product', 'searchProducts', { query: { page_size: 10 }, body: {} });
  await call('product', 'searchProducts', { query: { page_size: 10 }, body: { status: 'ACTIVATE', seller_skus: ['CONF-TS-Blue'] } });
  await refused(12019109, 'product', 'searchProducts', { query: { page_size: 101 }, body: { status: 'ALL' } });
  await call('product', 'searchInventory', { product_ids: [product_id] });
  const skus = made.skus.map((one) => one.id);
  const stock = (quantity) => skus.map((id) => ({ id, inventory: [{ warehouse_id: place, quantity }] }));
  await call('product', 'updateProductInventory', { product_id, body: { skus: stock(21) } });
  await call('product', 'updateProductInventory', {
    product_id, body: { skus: [{ id: skus[0], inventory: [{ warehouse_id: '1', quantity: 1 }] }] },
  });
  await call('product', 'updateProductPrice', {
    product_id, body: { skus: skus.map((id) => ({ id, price: { amount: '11.50', currency: 'USD' } })) },
  });
  const { save_mode: _, ...edited } = { ...body, title: 'Typed stoneware mug, second edition' };
  edited.skus = edited.skus.map((one, index) => ({ ...one, id: skus[index] }));
  await call('product', 'editProduct', { product_id, body: edited });
  await call('product', 'getProduct', { product_id, query: { return_under_review_version: true } });
  await reviewed(product_id, 'ACTIVATE');
  await call('product', 'partialEditProduct', { product_id, body: { title: 'Typed stoneware mug, third edition' } });
  await reviewed(product_id, 'ACTIVATE');
  for (const [method, status] of [['deactivateProducts', 'SELLER_DEACTIVATED'], ['activateProducts', 'ACTIVATE']]) {
    await call('product', method, { product_ids: [product_id] });
    await reviewed(product_id, status);
  }
  await call('product', 'deleteProducts', { product_ids: [product_id] });
  await refused(12052901, 'product', 'getProduct', { product_id });
  await call('product', 'recoverProduct', { product_ids: [product_id] });
  await reviewed(product_id, 'SELLER_DEACTIVATED');
  await call('product', 'deleteProducts', { product_ids: [product_id, '1'] });
}

async function webhooks() {
  await call('event', 'updateShopWebhook', { event_type: 'PRODUCT_STATUS_CHANGE', address: `${env.RECEIVER}/own` });
  await call('event', 'getShopWebhooks');
  await call('event', 'deleteShopWebhook', { event_type: 'PRODUCT_STATUS_CHANGE' });
}

(async () => {
  await connect(env.AUTH_CODE);
  const warehouses = await places();
  const facts = await catalogue();
  await product(warehouses, facts);
  await webhooks();
  const shops = await connect(env.GLOBAL_AUTH_CODE);
  for (const shop of shops) {
    sdk.setShopCipher(shop.cipher);
    await places();
  }
  for (const row of ALLOWED) say(used.has(row), `${used.has(row) ? 'allowed' : 'nothing needs'}: ${row.why}`);
  process.exit(faults ? 1 : 0);
})();

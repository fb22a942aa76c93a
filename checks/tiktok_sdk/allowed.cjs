'use strict';
/** Where the package's declared types differ from the documented answers: the only differences that are accepted. */

const MISSING = /^is missing$/;
const GET = /^product\.getProduct$/;
const SEARCH = /^product\.searchProducts$/;

exports.ALLOWED = [
  { why: '3.1: the names of a person stand in Japanese addresses only', call: /^logistic\.getWarehouseList$/,
    place: /^data\.warehouses\.\*\.address\.(first|last)_name(_local_script)?$/, fault: MISSING },
  { why: '4.7: prerequisites answer check_results; the package still declares an older shape',
    call: /^product\.getProductPrerequisites$/, place: /^data\.shop$/, fault: MISSING },
  { why: '4.7: a listing check that finds nothing says PASS', call: /^product\.checkProductListing$/,
    place: /^data\.check_result$/, fault: /^"PASS" is not "PASSED"/ },
  { why: '4.8: objects and numbers that a product has only when the seller set them', call: GET,
    place: /^data\.(video|size_chart|minimum_order_quantity|shipping_insurance_requirement|prescription_requirement)$/,
    fault: MISSING },
  { why: '4.8: parts that a SKU has only when the seller set them', call: GET,
    place: /^data\.skus\.\*\.(sku_unit_count|pre_sale|identifier_code|sales_attributes\.\*\.(sku_img|supplementary_sku_images))$/,
    fault: MISSING },
  { why: '4.11: the unit price belongs to SKUs with a unit count', call: GET,
    place: /^data\.skus\.\*\.price\.unit_price$/, fault: MISSING },
  { why: '4.13, 4.14: only products that were published or replicated from elsewhere', call: GET,
    place: /^data\.(global_product_association|skus\.\*\.global_listing_policy)$/, fault: MISSING },
  { why: '4.11: a row of a search has a pre-sale only when the seller set one', call: SEARCH,
    place: /^data\.products\.\*\.skus\.\*\.pre_sale$/, fault: MISSING },
];

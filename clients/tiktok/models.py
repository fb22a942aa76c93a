"""TikTok Shop's answers (reference 2 to 4 and 9). Ids are text, whether the platform wrote them as text or number."""

from pydantic import AliasChoices, Field

from clients.reading import Figure, Flag, Many, Model, Text, Whole


class Shop(Model):
    id: str = Field(min_length=1)
    name: Text = ""
    region: str
    seller_type: Text = ""  # LOCAL or CROSS_BORDER
    cipher: str = Field(min_length=1)
    code: Text = ""


class Address(Model):
    region_code: Text = ""
    state: Text = ""
    city: Text = ""
    district: Text = Field("", validation_alias=AliasChoices("distict", "district"))  # the platform's spelling
    town: Text = ""
    postal_code: Text = ""
    full_address: Text = ""
    address_line1: Text = ""


class Warehouse(Model):
    id: str = Field(min_length=1)
    entity_id: Text = ""
    name: Text = ""
    effect_status: str  # ENABLED, DISABLED, RESTRICTED
    type: str  # SALES_WAREHOUSE, RETURN_WAREHOUSE
    sub_type: Text = ""
    is_default: Flag = False
    address: Address | None = None


class Prerequisite(Model):
    check_item: str
    is_failed: Flag = False
    fail_reasons: Many[str] = ()


class Category(Model):
    id: str = Field(min_length=1)
    parent_id: Text = "0"
    local_name: Text = ""
    is_leaf: bool
    permission_statuses: Many[str] = ()


class Condition(Model):
    condition_type: Text = ""
    attribute_id: Text = ""
    attribute_value_id: Text = ""


class Requirement(Model):
    is_supported: Flag = False
    is_required: Flag = False


class Certification(Model):
    id: str
    name: Text = ""
    is_required: Flag = False
    document_details: Text = ""
    sample_image_url: Text = ""
    requirement_conditions: Many[Condition] = ()
    expiration_date: Requirement | None = None


class Fee(Model):
    type: Text = ""
    is_required: Flag = False


class CategoryRules(Model):
    product_certifications: Many[Certification] = ()
    size_chart: Requirement | None = None
    cod: Requirement | None = None
    package_dimension: Requirement | None = None
    epr: Requirement | None = None
    responsible_person: Requirement | None = None
    manufacturer: Requirement | None = None
    allowed_special_product_types: Many[str] = ()
    fees: Many[Fee] = ()


class AttributeValue(Model):
    id: str
    name: Text = ""


class Attribute(Model):
    id: str
    name: Text = ""
    type: str  # SALES_PROPERTY, PRODUCT_PROPERTY
    # Really spelled "requried" in the documented answer (reference 4.4).
    is_required: Flag = Field(False, validation_alias=AliasChoices("is_requried", "is_required"))
    values: Many[AttributeValue] = ()
    is_multiple_selection: Flag = False
    is_customizable: Flag = False
    requirement_conditions: Many[Condition] = ()
    value_data_format: Text = ""


class Brand(Model):
    id: str
    name: Text = ""
    authorized_status: Text = ""  # AUTHORIZED, or UNAUTHORIEZD (sic)
    is_t1_brand: Flag = False
    brand_status: Text = ""

    @property
    def authorised(self) -> bool:
        return self.authorized_status == "AUTHORIZED"


class BrandPage(Model):
    brands: Many[Brand] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class UploadedImage(Model):
    uri: str = Field(min_length=1)
    url: Text = ""
    width: Whole = 0
    height: Whole = 0
    use_case: Text = ""


class UploadedFile(Model):
    id: str = Field(min_length=1)
    url: Text = ""
    name: Text = ""
    format: Text = ""


class ProductWarning(Model):
    message: Text = ""


class SalesAttribute(Model):
    id: Text = ""
    name: Text = ""
    value_id: Text = ""
    value_name: Text = ""
    sku_img: "Image | None" = None


class CreatedSku(Model):
    id: str = Field(min_length=1)
    seller_sku: Text = ""
    external_sku_id: Text = ""
    sales_attributes: Many[SalesAttribute] = ()


class Audit(Model):
    status: Text = ""
    pre_approved_reasons: Many[str] = ()


class CreatedProduct(Model):
    """What create and both edits answer; only the partial edit tells the audit."""

    product_id: str = Field(min_length=1)
    skus: Many[CreatedSku] = ()
    warnings: Many[ProductWarning] = ()
    audit: Audit | None = None


class Image(Model):
    uri: Text = ""
    urls: Many[str] = ()
    thumb_urls: Many[str] = ()
    width: Whole = 0
    height: Whole = 0


class Price(Model):
    currency: Text = ""
    amount: Figure = None
    sale_price: Figure = None
    tax_exclusive_price: Figure = None


class WarehouseQuantity(Model):
    warehouse_id: Text = ""
    quantity: Whole = 0


class IdentifierCode(Model):
    code: Text = ""
    type: Text = ""


class SkuStatus(Model):
    status: Text = ""
    deactivation_source: Text = ""


class Sku(Model):
    id: str = Field(min_length=1)
    seller_sku: Text = ""
    price: Price | None = None
    inventory: Many[WarehouseQuantity] = ()
    sales_attributes: Many[SalesAttribute] = ()
    identifier_code: IdentifierCode | None = None
    external_sku_id: Text = ""
    status_info: SkuStatus | None = None


class AuditFailure(Model):
    position: Text = ""
    reasons: Many[str] = ()
    suggestions: Many[str] = ()
    listing_platform: Text = ""


class ProductAttribute(Model):
    id: Text = ""
    name: Text = ""
    values: Many[AttributeValue] = ()


class Weight(Model):
    value: Figure = None
    unit: Text = ""


class Dimensions(Model):
    length: Figure = None
    width: Figure = None
    height: Figure = None
    unit: Text = ""


class ChainLink(Model):
    id: str
    parent_id: Text = ""
    local_name: Text = ""
    is_leaf: Flag = False


class Video(Model):
    id: Text = ""
    url: Text = ""
    width: Whole = 0
    height: Whole = 0


class ProductFile(Model):
    id: Text = ""
    name: Text = ""
    format: Text = ""


class ProductCertification(Model):
    id: Text = ""
    images: Many[Image] = ()
    files: Many[ProductFile] = ()
    expiration_date: Text = ""


class SizeChart(Model):
    image: Image | None = None


class PlatformStatus(Model):
    platform: Text = ""
    status: Text = ""


class Product(Model):
    """Get answers all of it, search a part. `status` may be absent for Indonesian products (reference 4.11)."""

    id: str = Field(min_length=1)
    status: Text = ""
    product_status: Text = ""
    title: Text = ""
    description: Text = ""
    audit: Audit | None = None
    audit_failed_reasons: Many[AuditFailure] = ()
    category_chains: Many[ChainLink] = ()
    brand: AttributeValue | None = None
    main_images: Many[Image] = ()
    video: Video | None = None
    certifications: Many[ProductCertification] = ()
    size_chart: SizeChart | None = None
    skus: Many[Sku] = ()
    product_attributes: Many[ProductAttribute] = ()
    package_weight: Weight | None = None
    package_dimensions: Dimensions | None = None
    is_cod_allowed: Flag = False
    external_product_id: Text = ""
    integrated_platform_statuses: Many[PlatformStatus] = ()
    listing_quality_tier: Text = ""
    product_types: Many[str] = ()
    is_replicated: Flag = False
    has_draft: Flag = False
    create_time: Whole = 0
    update_time: Whole = 0


class ProductPage(Model):
    products: Many[Product] = ()
    next_page_token: Text = ""
    total_count: Whole = 0


class WarehouseInventory(Model):
    warehouse_id: Text = ""
    available_quantity: Whole = 0
    committed_quantity: Whole = 0


class SkuInventory(Model):
    id: str
    seller_sku: Text = ""
    total_available_quantity: Whole = 0
    total_committed_quantity: Whole = 0
    warehouse_inventory: Many[WarehouseInventory] = ()


class ProductInventory(Model):
    product_id: str
    skus: Many[SkuInventory] = ()


class Webhook(Model):
    event_type: str
    address: Text = ""
    create_time: Whole = 0
    update_time: Whole = 0

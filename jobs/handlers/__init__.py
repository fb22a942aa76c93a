"""Every kind of activity and who handles it."""

from jobs.handlers.adjust_stock import AdjustStock
from jobs.handlers.bulk_edit import BulkEdit
from jobs.handlers.catalog_import import CatalogImport
from jobs.handlers.compare_stock import CompareStock
from jobs.handlers.copy_listings import CopyListings
from jobs.handlers.listing_import import AdoptListings, AdoptProducts, ListingImport, WriteProducts
from jobs.handlers.listing_moves import MOVERS
from jobs.handlers.live_values import LiveValues
from jobs.handlers.order_import import ImportOrders, ScanOptions
from jobs.handlers.order_write import WriteOrders
from jobs.handlers.pack_orders import PackOrders, ReadCarriers
from jobs.handlers.publish import Publish
from jobs.handlers.push_price import PushPrice, Reprice
from jobs.handlers.push_stock import PushAllStock, PushStock
from jobs.handlers.read_categories import ReadCategories
from jobs.handlers.read_global import ReadGlobal
from jobs.handlers.read_statements import ReadStatements
from jobs.handlers.reconcile import Reconcile
from jobs.handlers.rederive import Rederive
from jobs.handlers.remap import Remap
from jobs.handlers.resend import Compare, Resend
from jobs.handlers.return_answer import AnswerReturns
from jobs.handlers.return_follow import RestockReturns, WriteRefunds
from jobs.handlers.return_start import AskReturns, StartReturns
from jobs.handlers.return_sync import SyncReturns
from jobs.handlers.semi_publish import PublishSemi
from jobs.handlers.semi_stock import StockSemi, SyncSemi
from jobs.handlers.sheet_export import SheetExport
from jobs.handlers.sheet_import import SheetApply, SheetImport
from jobs.handlers.ship_orders import ShipOrders
from jobs.handlers.sync_products import SyncProducts
from jobs.handlers.twins import DeleteTwin, FindTwins
from jobs.handlers.undo import Undo
from jobs.handlers.update_part import UpdatePart
from jobs.handlers.upload_files import UploadFiles
from jobs.handling import Handler

HANDLERS: dict[str, Handler] = {
    handler.kind: handler
    for handler in (
        CatalogImport(),
        Publish(),
        BulkEdit(),
        FindTwins(),
        DeleteTwin(),
        Rederive(),
        ReadCategories(),
        ReadGlobal(),
        CopyListings(),
        SheetExport(),
        SheetImport(),
        SheetApply(),
        Compare(),
        Resend(),
        UpdatePart(),
        Undo(),
        LiveValues(),
        UploadFiles(),
        ListingImport(),
        AdoptListings(),
        AdoptProducts(),
        WriteProducts(),
        WriteOrders(),
        ShipOrders(),
        PackOrders(),
        ReadCarriers(),
        ImportOrders(),
        ReadStatements(),
        ScanOptions(),
        AnswerReturns(),
        AskReturns(),
        StartReturns(),
        SyncReturns(),
        WriteRefunds(),
        RestockReturns(),
        AdjustStock(),
        PushStock(),
        PushAllStock(),
        CompareStock(),
        Remap(),
        SyncProducts(),
        Reconcile(),
        PushPrice(),
        Reprice(),
        PublishSemi(),
        StockSemi(),
        SyncSemi(),
        *MOVERS,
    )
}

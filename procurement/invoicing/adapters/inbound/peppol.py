"""What Peppol calls the reasons: the words of its code list for Invoice Responses (OPStatusReason)."""

from collections.abc import Mapping

from procurement.invoicing.domain.matching import Reason

IN_WORDS: Mapping[Reason, str] = {
    Reason.REFERENCE: "references incorrect",
    Reason.ITEM: "items incorrect",
    Reason.QUANTITY: "quantity incorrect",
    Reason.PRICE: "prices incorrect",
    Reason.DELIVERY: "delivery issues",
    Reason.QUALITY: "item quality insufficient",
    Reason.FINANCE: "finance incorrect",
    Reason.OTHER: "other",
}

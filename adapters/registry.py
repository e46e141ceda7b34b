"""The channels. Adding one is adding its folder, and its line here."""

from adapters import smart_report, sms_120, sns, web_form
from adapters.channel import ChannelAdapter
from schema.codes import Channel

ADAPTERS: dict[Channel, ChannelAdapter] = {
    adapter.channel: adapter
    for adapter in (
        web_form.ADAPTER,
        sms_120.ADAPTER,
        smart_report.ADAPTER,
        sns.ADAPTER,
    )
}

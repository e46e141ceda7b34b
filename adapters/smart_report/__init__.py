"""The smart-report app: a report with place and photographs, answered by push message.

May import schema, rules, storage and the parts that all channels share; never another channel.
"""

from adapters.channel import ChannelAdapter
from adapters.smart_report.gateway import gateway
from adapters.smart_report.normalise import normalise
from adapters.smart_report.reply import MEANS, compose
from schema.codes import Channel

ADAPTER = ChannelAdapter(
    channel=Channel.SMART_REPORT,
    gateway=gateway,
    normalise=normalise,
    compose=compose,
    means=MEANS,
)

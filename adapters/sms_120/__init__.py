"""The 120 centre: records of its calls, and the text messages sent to its number.

May import schema, rules, storage and the parts that all channels share; never another channel.
"""

from adapters.channel import ChannelAdapter
from adapters.sms_120.gateway import gateway
from adapters.sms_120.normalise import normalise
from adapters.sms_120.reply import MEANS, compose
from schema.codes import Channel

ADAPTER = ChannelAdapter(
    channel=Channel.SMS_120,
    gateway=gateway,
    normalise=normalise,
    compose=compose,
    means=MEANS,
)

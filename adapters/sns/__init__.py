"""Social networks: what is said to the city on X, Facebook, Instagram, answered in place.

May import schema, rules, storage and the parts that all channels share; never another channel.
"""

from adapters.channel import ChannelAdapter
from adapters.sns.gateway import gateway
from adapters.sns.normalise import normalise
from adapters.sns.reply import MEANS, compose
from schema.codes import Channel

ADAPTER = ChannelAdapter(
    channel=Channel.SNS,
    gateway=gateway,
    normalise=normalise,
    compose=compose,
    means=MEANS,
)

"""The web form: our page, forms on other sites, the API, and an officer's entry for a petitioner.

May import schema, rules, storage and the parts that all channels share; never another channel.
"""

from adapters.channel import ChannelAdapter
from adapters.web_form.gateway import gateway
from adapters.web_form.normalise import normalise
from adapters.web_form.reply import MEANS, compose
from schema.codes import Channel

ADAPTER = ChannelAdapter(
    channel=Channel.WEB_FORM,
    gateway=gateway,
    normalise=normalise,
    compose=compose,
    means=MEANS,
)

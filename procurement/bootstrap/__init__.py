"""The composition root: the one package that knows all the others.

base.py opens what every process stands on, layers.py says what is stacked around the ports, contexts.py puts
the contexts together, news.py says who hears whom, processes.py assembles what runs.
"""

from procurement.bootstrap.news import TOPICS
from procurement.bootstrap.processes import assemble_api, assemble_consumer, assemble_worker

__all__ = ["TOPICS", "assemble_api", "assemble_consumer", "assemble_worker"]

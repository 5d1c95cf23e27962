"""The composition root: the one package that knows all the others.

base.py opens what every process stands on, layers.py says what is stacked around the ports, contexts/ puts
the contexts together, news.py says who hears whom, topics.py through what. api.py, worker.py and consumer.py
assemble what runs: each process imports one of them, because what is imported stays in memory.
"""

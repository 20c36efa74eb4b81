"""What agents run at their events: ``python -I -m hpm_engine.hook AGENT STORE``.

A hook gives the agent what earlier sessions know, and has a session imported that ended. Whatever
goes wrong, it ends with status 0 and says nothing: ``hpm connect AGENT --check`` tells it.
"""

"""Handing in an application: how many a second, at the service and through the gateway?"""

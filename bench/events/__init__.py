"""From a row in one database over RabbitMQ to a row in another: how many events a second?"""

"""One module per protocol, each with a class Protocol:

layer    its name in SOURCES.md's protocol trees
filter   of tshark's frames; columns: tshark's fields; options: tshark's -o; decode: its -d
prefix   of Ward's classes
theirs(row)      yields (field, values) of a tshark row {column: [text]}
ours(class, f)   yields (back, field, values) of a Ward event's fields; back: said by the
                 destination
link             True: it is no conversation, addresses around it are not compared
distinct         True: each value counts once, for Ward leaves out repeats
Values of both are compared per connection, direction and field, as bags.
"""


def listed(value):
    return value if isinstance(value, list) else [value]

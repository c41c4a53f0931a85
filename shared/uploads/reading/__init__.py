"""Opening what strangers uploaded, in processes that may fail.

A PDF of two kilobytes can ask for gigabytes of memory and hours of time, a damaged file can bring a C library
down, and PDFium must not be used by two threads at once. So no service process opens an uploaded document: a
few small processes of our own do, each with one thread, a limit on memory and a limit on time, and when one
of them dies, one request is refused.

`pool.py` runs in the service, `worker.py` in the reading process, `frames.py` is what they say to each other.
"""

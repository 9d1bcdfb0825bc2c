"""What the Python tests share: private networks, hosts as namespaces, our programs, their API.

Standard library only, Python 3.11 (Debian 12).
"""

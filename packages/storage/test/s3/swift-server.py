"""Runs OpenStack Swift with its S3 API in one process: python3 swift-server.py DIRECTORY PORT

Swift is four servers (proxy, account, container, object) that know each other's addresses from ring files. Here each of
the four gets a free loopback port, one device and one replica. The proxy alone takes PORT (0: any free one), so that a
server that is started again is found where it was. Once all four listen, PORT is printed on a line of its own. What is
stored lies in DIRECTORY and is found again by the next server. The server ends when its standard input does.
"""

import os
import sys

from swift.common import utils

directory, proxy_port = os.path.abspath(sys.argv[1]), int(sys.argv[2])
os.makedirs(os.path.join(directory, 'devices', 'disk'), exist_ok=True)


def write(name, text):
    path = os.path.join(directory, name)
    with open(path, 'w') as file:
        file.write(text)
    return path


# Swift reads its own settings while its modules are imported: they have to be there before.
write('swift.conf', '[swift-hash]\nswift_hash_path_suffix = test\n')
utils.set_swift_dir(directory)
utils.eventlet_monkey_patch()

import eventlet  # noqa: E402
from eventlet import wsgi  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

COMMON = f"""
[DEFAULT]
swift_dir = {directory}
devices = {directory}/devices
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_name = swift
log_level = CRITICAL
recon_cache_path = {directory}
# A container lists an object only once it was told of it: wait for that rather than leave it to a daemon.
container_update_timeout = 30
conn_timeout = 10
node_timeout = 60
"""

PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
# Listings of a few artifacts come in pages.
max_bucket_listing = 25
# Uploads of many parts need few bytes.
min_segment_size = 1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
"""
for middleware in 'catch_errors gatekeeper bulk copy slo dlo versioned_writes symlink'.split():
    allow = 'allow_versioned_writes = true\nallow_object_versioning = true\n' if middleware == 'versioned_writes' else ''
    PROXY += f'[filter:{middleware}]\nuse = egg:swift#{middleware}\n{allow}'


class NoCache:
    """Stands for the memcached that Swift insists on, and remembers nothing: what was just changed is never stale."""

    def get(self, *_, **__):
        return None

    def set(self, *_, **__):
        pass

    delete = incr = set


def without_cache(application):
    def handle(environ, start_response):
        environ['swift.cache'] = NoCache()
        return application(environ, start_response)

    return handle


def listen(port):
    return eventlet.listen(('127.0.0.1', port))


def write_ring(name, port):
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1', 'port': port, 'device': 'disk'})
    builder.rebalance()
    builder.get_ring().save(os.path.join(directory, f'{name}.ring.gz'))


sockets = {name: listen(0) for name in ('account', 'container', 'object')}
for name, socket in sockets.items():
    write_ring(name, socket.getsockname()[1])
pipelines = {name: f'[app:main]\nuse = egg:swift#{name}\n' for name in sockets} | {'proxy': PROXY}
sockets['proxy'] = listen(proxy_port)

for name, socket in sockets.items():
    application = loadapp(write(f'{name}-server.conf', COMMON + pipelines[name]), global_conf={'log_name': name})
    options = {'protocol': SwiftHttpProtocol, 'log_output': False, 'capitalize_response_headers': False}
    eventlet.spawn(wsgi.server, socket, without_cache(application), **options)

print(sockets['proxy'].getsockname()[1], flush=True)
# In a thread of its own: a blocking read would hold up the servers.
eventlet.tpool.execute(sys.__stdin__.read)

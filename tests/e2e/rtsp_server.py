#!/usr/bin/python3
"""A camera for tests: GStreamer's RTSP server plays a clip, in a loop or once.

usage: rtsp_server.py CLIP [--port N] [--user NAME [--basic]] [--tls CERT KEY] [--path /cam]
The user's password is $RTSP_PASSWORD. Prints its port on the first line. Exit 77: this machine can't run it."""
import argparse
import os
import sys

try:
    import gi
    gi.require_version('Gst', '1.0')
    gi.require_version('GstRtsp', '1.0')
    gi.require_version('GstRtspServer', '1.0')
    from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer
except (ImportError, ValueError) as e:
    print('skipped: no RTSP server (gir1.2-gst-rtsp-server-1.0): %s' % e)
    sys.exit(77)

p = argparse.ArgumentParser()
p.add_argument('clip')
p.add_argument('--port', type=int, default=0)
p.add_argument('--user')
p.add_argument('--basic', action='store_true')
p.add_argument('--tls', nargs=2)
p.add_argument('--path', default='/cam')
a = p.parse_args()
password = os.environ.get('RTSP_PASSWORD', '')

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address('127.0.0.1')
server.set_service(str(a.port))
auth = GstRtspServer.RTSPAuth()
if a.user:
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', 'user')
    if a.basic:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(a.user, password), token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(a.user, password, token)
if a.tls:
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*a.tls))
if a.user or a.tls:
    server.set_auth(auth)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch('( filesrc location="%s" ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )' % a.clip
                   if Gst.ElementFactory.find('h264parse') else
                   '( filesrc location="%s" ! qtdemux ! rtph264pay name=pay0 pt=96 )' % a.clip)
factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
if a.user:
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role('user', 'media.factory.access', True)
    permissions.add_permission_for_role('user', 'media.factory.construct', True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory(a.path, factory)
if not server.attach(None):
    sys.exit('cannot listen')
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()

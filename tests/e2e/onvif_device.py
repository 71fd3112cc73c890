"""An ONVIF device: its clock is an hour ahead, it wants a digest of the password, forgets its first pull point, and
then tells of a door. usage: onvif_device.py PORT-FILE PASSWORD; says on standard output what it was asked."""
import base64, datetime, hashlib, os, sys, threading
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

S = "{http://www.w3.org/2003/05/soap-envelope}"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
password = sys.argv[2]
AHEAD = datetime.timedelta(hours=1)
points, told = [], set()
lock = threading.Lock()


def now():
    return datetime.datetime.now(datetime.timezone.utc) + AHEAD


def stamp(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def authorized(root):
    token = root.find(".//%sUsernameToken" % WSSE)
    if token is None:
        return False
    created = token.find(WSU + "Created").text
    nonce = base64.b64decode(token.find(WSSE + "Nonce").text)
    digest = hashlib.sha1(nonce + created.encode() + password.encode()).digest()
    late = abs(now() - datetime.datetime.strptime(created[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z"))
    return (base64.b64encode(digest).decode() == token.find(WSSE + "Password").text and
            token.find(WSSE + "Username").text == "ward" and late < datetime.timedelta(minutes=1))


def fault(code):
    return ("<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:%s</s:Value></s:Subcode></s:Code>"
            "<s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>" % code)


def message(topic, source, state):
    return ("<wsnt:NotificationMessage><wsnt:Topic Dialect='x'>tns1:%s</wsnt:Topic><wsnt:Message><tt:Message "
            "UtcTime='%s' PropertyOperation='Changed'><tt:Source><tt:SimpleItem Name='DoorToken' Value='%s'/>"
            "</tt:Source><tt:Data><tt:SimpleItem Name='State' Value='%s'/></tt:Data></tt:Message></wsnt:Message>"
            "</wsnt:NotificationMessage>" % (topic, stamp(now()), source, state))


def pull(path):
    with lock:
        if len(points) < 2 or path != points[-1]:
            return fault("ResourceUnknown")
        fresh = path not in told
        told.add(path)
    messages = "" if not fresh else (message("Door/State/DoorAlarm", "D03", "DoorForcedOpen") +
                                     message("Acme/Coffee", "D03", "Ready"))
    if not fresh:
        stop.wait(1)
    return ("<tev:PullMessagesResponse><tev:CurrentTime>%s</tev:CurrentTime><tev:TerminationTime>%s"
            "</tev:TerminationTime>%s</tev:PullMessagesResponse>" % (stamp(now()), stamp(now() + AHEAD), messages))


def answer(root, path):
    what = list(root.find(S + "Body"))[0].tag.split("}")[1]
    print(what, path, flush=True)
    if what == "GetSystemDateAndTime":
        t = now()
        return ("<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime><tt:Time><tt:Hour>%d"
                "</tt:Hour><tt:Minute>%d</tt:Minute><tt:Second>%d</tt:Second></tt:Time><tt:Date><tt:Year>%d"
                "</tt:Year><tt:Month>%d</tt:Month><tt:Day>%d</tt:Day></tt:Date></tt:UTCDateTime>"
                "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>" %
                (t.hour, t.minute, t.second, t.year, t.month, t.day))
    if not authorized(root):
        return fault("NotAuthorized")
    if what == "GetServices":
        return ("<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/events/wsdl"
                "</tds:Namespace><tds:XAddr>http://192.168.1.1/onvif/events</tds:XAddr></tds:Service>"
                "<tds:Service><tds:Namespace>http://www.onvif.org/ver20/media/wsdl</tds:Namespace><tds:XAddr>"
                "http://192.168.1.1/onvif/media2</tds:XAddr></tds:Service></tds:GetServicesResponse>")
    if what == "CreatePullPointSubscription":
        with lock:
            points.append("/sub/%d" % len(points))
            return ("<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>"
                    "http://192.168.1.1%s</wsa:Address></tev:SubscriptionReference><wsnt:CurrentTime>%s"
                    "</wsnt:CurrentTime><wsnt:TerminationTime>%s</wsnt:TerminationTime>"
                    "</tev:CreatePullPointSubscriptionResponse>" % (points[-1], stamp(now()), stamp(now() + AHEAD)))
    if what == "PullMessages":
        return pull(path)
    if what == "Unsubscribe":
        return "<wsnt:UnsubscribeResponse/>"
    if what == "GetProfiles":
        return ("<tr2:GetProfilesResponse><tr2:Profiles token='sub'><tr2:Configurations><tr2:VideoEncoder>"
                "<tt:Resolution><tt:Width>640</tt:Width><tt:Height>360</tt:Height></tt:Resolution></tr2:VideoEncoder>"
                "</tr2:Configurations></tr2:Profiles></tr2:GetProfilesResponse>")
    if what == "GetStreamUri":
        return "<tr2:GetStreamUriResponse><tr2:Uri>rtsp://192.0.2.9/sub</tr2:Uri></tr2:GetStreamUriResponse>"
    return fault("ActionNotSupported")


class Device(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        text = answer(ET.fromstring(body), self.path)
        whole = ("<?xml version='1.0' encoding='UTF-8'?><s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' "
                 "xmlns:tds='http://www.onvif.org/ver10/device/wsdl' xmlns:tt='http://www.onvif.org/ver10/schema' "
                 "xmlns:tev='http://www.onvif.org/ver10/events/wsdl' xmlns:wsnt='http://docs.oasis-open.org/wsn/b-2' "
                 "xmlns:tr2='http://www.onvif.org/ver20/media/wsdl' xmlns:wsa='http://www.w3.org/2005/08/addressing' "
                 "xmlns:tns1='http://www.onvif.org/ver10/topics' xmlns:ter='http://www.onvif.org/ver10/error'>"
                 "<s:Body>%s</s:Body></s:Envelope>" % text).encode()
        self.send_response(400 if "s:Fault" in text else 200)
        self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        self.wfile.write(whole)


stop = threading.Event()
server = ThreadingHTTPServer(("127.0.0.1", 0), Device)
server.daemon_threads = True
with open(sys.argv[1] + ".new", "w") as f:
    f.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()

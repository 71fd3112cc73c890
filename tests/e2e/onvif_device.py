"""An ONVIF device: its clock is an hour ahead, it wants a digest of the password, forgets its first pull point, and
then tells of a door; it offers three streams, and holds two recordings; its metadata stream, at the second port, tells of another door and of what its analysis follows.
usage: onvif_device.py PORTS-FILE PASSWORD [STREAMS-PORT]; says on standard output what it was asked. Its streams are
said to be at an address that does not lead to it, at STREAMS-PORT."""
import base64, datetime, hashlib, os, re, select, socketserver, struct, sys, threading
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

S = "{http://www.w3.org/2003/05/soap-envelope}"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
password = sys.argv[2]
STREAMS = "rtsp://192.0.2.9" + (":" + sys.argv[3] if len(sys.argv) > 3 else "")
AHEAD = datetime.timedelta(hours=1)
points, told, searched = [], set(), []
lock = threading.Lock()


def note(line):
    """What was asked, a line each: device and stream are asked at once when Ward ends."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


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


def profile(token, width, height, fps, source="vs-1"):
    return ("<tr2:Profiles token='%s'><tr2:Name>Hall</tr2:Name><tr2:Configurations><tr2:VideoSource><tt:SourceToken>%s"
            "</tt:SourceToken></tr2:VideoSource><tr2:VideoEncoder><tt:Encoding>H264</tt:Encoding>"
            "<tt:Resolution><tt:Width>%d</tt:Width><tt:Height>%d</tt:Height></tt:Resolution><tt:RateControl>"
            "<tt:FrameRateLimit>%s</tt:FrameRateLimit><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl>"
            "</tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>" % (token, source, width, height, fps))


def recording(token, name, hours, until):
    """One that holds so many hours, until so many minutes ago, by the device's clock."""
    to = now() - datetime.timedelta(minutes=until)
    return ("<tt:RecordingInformation><tt:RecordingToken>%s</tt:RecordingToken><tt:Source><tt:SourceId>urn:%s"
            "</tt:SourceId><tt:Name>%s</tt:Name><tt:Location/><tt:Description/><tt:Address/></tt:Source>"
            "<tt:Content/><tt:Track><tt:TrackToken>v</tt:TrackToken><tt:TrackType>Video</tt:TrackType>"
            "<tt:Description/><tt:DataFrom>%s</tt:DataFrom><tt:DataTo>%s</tt:DataTo></tt:Track>"
            "<tt:RecordingStatus>%s</tt:RecordingStatus></tt:RecordingInformation>" %
            (token, token, name, stamp(to - datetime.timedelta(hours=hours)), stamp(to),
             "Stopped" if until else "Recording"))


def results(token):
    """Not all at once."""
    with lock:
        searched.append(token)
        first = len(searched) % 2
    return ("<tse:GetRecordingSearchResultsResponse><tse:ResultList><tt:SearchState>%s</tt:SearchState>%s"
            "</tse:ResultList></tse:GetRecordingSearchResultsResponse>" %
            (("Searching", recording("rec-1", "C-PLANT", 48, 0)) if first else
             ("Completed", recording("rec-2", "C-HALL", 48, 60))))


def doors(begin):
    """One in each part."""
    rest = [("d-plant", "Door of the plant room"), ("d-hall", "Hall")]
    rest = rest[[token for token, _ in rest].index(begin.text):] if begin is not None else rest
    return ("<tdc:GetDoorInfoListResponse>%s<tdc:DoorInfo token='%s'><tdc:Name>%s</tdc:Name><tdc:Capabilities/>"
            "</tdc:DoorInfo></tdc:GetDoorInfoListResponse>" %
            ("<tdc:NextStartReference>%s</tdc:NextStartReference>" % rest[1][0] if len(rest) > 1 else "", *rest[0]))


def answer(root, path):
    what = list(root.find(S + "Body"))[0].tag.split("}")[1]
    note(f"{what} {path}")
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
                "http://192.168.1.1/onvif/media2</tds:XAddr></tds:Service>"
                "<tds:Service><tds:Namespace>http://www.onvif.org/ver10/search/wsdl</tds:Namespace><tds:XAddr>"
                "http://192.168.1.1/onvif/search</tds:XAddr></tds:Service>"
                "<tds:Service><tds:Namespace>http://www.onvif.org/ver10/replay/wsdl</tds:Namespace><tds:XAddr>"
                "http://192.168.1.1/onvif/replay</tds:XAddr></tds:Service>"
                "<tds:Service><tds:Namespace>http://www.onvif.org/ver10/doorcontrol/wsdl</tds:Namespace><tds:XAddr>"
                "http://192.168.1.1/onvif/doors</tds:XAddr></tds:Service>"
                "<tds:Service><tds:Namespace>http://www.onvif.org/ver10/accesscontrol/wsdl</tds:Namespace><tds:XAddr>"
                "http://192.168.1.1/onvif/access</tds:XAddr></tds:Service></tds:GetServicesResponse>")
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
        return ("<tr2:GetProfilesResponse>%s</tr2:GetProfilesResponse>" %
                (profile("main", 1920, 1080, "25") + profile("sub", 640, 360, "12.5") + profile("tiny", 320, 180, "25") +
                 profile("yard", 640, 360, "5", "vs-2")))
    if what == "GetStreamUri":
        token = root.find(".//{http://www.onvif.org/ver20/media/wsdl}ProfileToken").text
        return "<tr2:GetStreamUriResponse><tr2:Uri>%s/%s</tr2:Uri></tr2:GetStreamUriResponse>" % (STREAMS, token)
    if what == "FindRecordings":
        return "<tse:FindRecordingsResponse><tse:SearchToken>s1</tse:SearchToken></tse:FindRecordingsResponse>"
    if what == "GetRecordingSearchResults":
        return results(root.find(".//{http://www.onvif.org/ver10/search/wsdl}SearchToken").text)
    if what == "GetReplayUri":
        token = root.find(".//{http://www.onvif.org/ver10/replay/wsdl}RecordingToken").text
        return "<trp:GetReplayUriResponse><trp:Uri>rtsp://192.0.2.9/replay/%s</trp:Uri></trp:GetReplayUriResponse>" % token
    if what == "GetDoorInfoList":
        return doors(root.find(".//{http://www.onvif.org/ver10/doorcontrol/wsdl}StartReference"))
    if what == "GetAccessPointInfoList":
        return ("<tac:GetAccessPointInfoListResponse><tac:AccessPointInfo token='r-plant'><tac:Name>Reader, plant room"
                "</tac:Name><tac:EntityType>tdc:Door</tac:EntityType><tac:Entity>d-plant</tac:Entity><tac:Capabilities/>"
                "</tac:AccessPointInfo></tac:GetAccessPointInfoListResponse>")
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
                 "xmlns:tse='http://www.onvif.org/ver10/search/wsdl' xmlns:trp='http://www.onvif.org/ver10/replay/wsdl' "
                 "xmlns:tdc='http://www.onvif.org/ver10/doorcontrol/wsdl' xmlns:tac='http://www.onvif.org/ver10/accesscontrol/wsdl' "
                 "xmlns:tr2='http://www.onvif.org/ver20/media/wsdl' xmlns:wsa='http://www.w3.org/2005/08/addressing' "
                 "xmlns:tns1='http://www.onvif.org/ver10/topics' xmlns:ter='http://www.onvif.org/ver10/error'>"
                 "<s:Body>%s</s:Body></s:Envelope>" % text).encode()
        self.send_response(400 if "s:Fault" in text else 200)
        self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        self.wfile.write(whole)


STREAM = ("<?xml version='1.0'?><tt:MetadataStream xmlns:tt='http://www.onvif.org/ver10/schema' "
          "xmlns:wsnt='http://docs.oasis-open.org/wsn/b-2' xmlns:tns1='http://www.onvif.org/ver10/topics'>%s"
          "</tt:MetadataStream>")
SDP = (b"v=0\r\ns=device\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n"
       b"m=application 0 RTP/AVP 98\r\na=rtpmap:98 vnd.onvif.metadata/90000\r\na=control:meta\r\n")


def frame(objects):
    return STREAM % ("<tt:VideoAnalytics><tt:Frame UtcTime='%s'>%s</tt:Frame></tt:VideoAnalytics>" %
                     (stamp(now()), objects))


def object_of(number, kind):
    return ("<tt:Object ObjectId='%d'><tt:Appearance><tt:Class><tt:Type Likelihood='0.9'>%s</tt:Type></tt:Class>"
            "</tt:Appearance></tt:Object>" % (number, kind))


class Stream(socketserver.StreamRequestHandler):
    """RTSP with the metadata in the connection, a document over packets of 300 bytes."""

    def ask(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return None
            head += line
        return head.decode()

    def authorized(self, head):
        got = dict(re.findall(r'(\w+)="?([^",\r]+)', head.partition("Authorization: Digest ")[2].partition("\r")[0]))
        md5 = lambda s: hashlib.md5(s.encode()).hexdigest()
        return got and got["response"] == md5(":".join([md5("ward:device:" + password), "n1",
                                                        md5("%s:%s" % (head.split()[0], got["uri"]))]))

    def answer(self, head, status, body=b""):
        cseq = re.search(r"CSeq: (\d+)", head).group(1)
        self.wfile.write(b"RTSP/1.0 %s\r\nCSeq: %s\r\nSession: 5;timeout=60\r\nContent-Length: %d\r\n\r\n%s" %
                         (status, cseq.encode(), len(body), body))

    def send(self, text):
        data = text.encode()
        self.documents += 1
        for i in range(0, len(data), 300):
            part = data[i:i + 300]
            self.number += 1
            self.wfile.write(struct.pack(">cBHBBHII", b"$", 0, 12 + len(part), 0x80,
                                         98 | (0x80 if i + 300 >= len(data) else 0), self.number & 0xffff,
                                         self.documents, 1) + part)

    def handle(self):
        self.number, self.documents = 65530, 0
        while True:
            head = self.ask()
            if head is None:
                return
            note(head.split(" RTSP/")[0])
            if not self.authorized(head):
                self.answer(head, b'401 Unauthorized\r\nWWW-Authenticate: Digest realm="device", nonce="n1"')
                continue
            self.answer(head, b"200 OK", SDP if head.startswith("DESCRIBE") else b"")
            if head.startswith("PLAY"):
                break
        self.wfile.write(struct.pack(">cBHBBHIIIIII", b"$", 1, 28, 0x80, 200, 6, 1,
                                     int(now().timestamp()) + 2208988800, 0, 0, 0, 0))
        self.send(STREAM % ("<tt:Event>%s</tt:Event>" % message("Door/State/DoorAlarm", "D04", "DoorForcedOpen")))
        while True:
            self.send(frame(object_of(7, "Human") + object_of(8, "Face")))
            if select.select([self.connection], [], [], 0.4)[0]:
                head = self.ask()
                if head is None:
                    return
                note(head.split(" RTSP/")[0])
                self.answer(head, b"200 OK")


class Streams(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client):
        pass  # who looked on has gone


stop = threading.Event()
streams = Streams(("127.0.0.1", 0), Stream)
threading.Thread(target=streams.serve_forever, daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", 0), Device)
server.daemon_threads = True
with open(sys.argv[1] + ".new", "w") as f:
    f.write("%d %d" % (server.server_address[1], streams.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()

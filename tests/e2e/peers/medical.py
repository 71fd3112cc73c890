"""Medical peers: DCMTK and Orthanc, an HL7 sender, curl as a FHIR client.
usage: medical.py WARD CONTENT [CASE...]"""
import json

from lab import FAR, NEAR, PYTHON, any_of, certificate, main, needs, until

PATIENT, PATIENT_ID = "Rossi^Giulia", "PID-4711-0815"
SECRET = "Aj4-not-to-be-told"
STUDY = "1.2.826.0.1.3680043.8.498.1"


def image(lab):
    """A small secondary capture of a patient."""
    lab.write("image.txt", f"""
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [{STUDY}.3]
(0008,0020) DA [20261126]
(0008,0060) CS [OT]
(0010,0010) PN [{PATIENT}]
(0010,0020) LO [{PATIENT_ID}]
(0020,000d) UI [{STUDY}]
(0020,000e) UI [{STUDY}.2]
(0020,0010) SH [1]
(0020,0011) IS [1]
(0020,0013) IS [1]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US 2
(0028,0011) US 2
(0028,0100) US 8
(0028,0101) US 8
(0028,0102) US 7
(0028,0103) US 0
(7fe0,0010) OB 01\\02\\03\\04
""")
    lab.run("dump2dcm", "image.txt", "image.dcm")


@needs("dcmqrscp", "findscu", "getscu", "movescu", "storescu", "echoscu", "storescp")
def dcmtk(lab):
    """An archive: verification, storage, query, retrieval both ways, wrong titles."""
    image(lab)
    lab.run("mkdir", "archive", "got", "moved")
    lab.write("archive.cfg", f"""
NetworkTCPPort = 104
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
ward = (WARD_WS, {NEAR}, 11112)
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
ARCHIVE {lab.path("archive")} RW (9, 1024mb) ANY
AETable END
""")
    lab.serve("dcmqrscp", "-c", "archive.cfg", tcp=104)
    lab.spawn(["storescp", "-aet", "WARD_WS", "-od", lab.path("moved"), "11112"], "storescp")
    lab.listen()
    ours = ["-aet", "WARD_WS", "-aec", "ARCHIVE"]
    peer = [FAR, "104"]
    query = ["-S", "-k", "QueryRetrieveLevel=STUDY"]
    lab.run("echoscu", *ours, *peer)
    lab.run("storescu", *ours, *peer, "image.dcm")
    lab.run("findscu", *ours, *query, "-k", f"PatientName={PATIENT}", "-k", "PatientID", *peer)
    lab.run("getscu", *ours, *query, "-k", "StudyInstanceUID=" + STUDY, "-od", "got", *peer)
    lab.run("movescu", *ours, "-aem", "WARD_WS", *query, "-k", "StudyInstanceUID=" + STUDY, *peer)
    lab.run("movescu", *ours, "-aem", "NOBODY", *query, "-k", "StudyInstanceUID=" + STUDY, *peer,
            ok=None)
    lab.run("echoscu", "-aet", "WARD_WS", "-aec", "WRONG", *peer, ok=None)
    lab.hear()
    lab.service("dicom", tcp=104)
    lab.service("dicom", tcp=11112)
    lab.one("net.dicom.c_echo", dicom__outcome="success", dicom__calling_ae="WARD_WS")
    stored = lab.many(3, "net.dicom.c_store", dicom__outcome="success", dicom__sop_instance=STUDY + ".3",
                      dicom__sop_class="SecondaryCaptureImageStorage")
    assert [e["fields"]["src_ip"] for e in stored] == [NEAR, FAR, FAR], stored
    found = lab.one("net.dicom.c_find", dicom__query_level="STUDY", dicom__responses_pending=1)
    assert found["dicom.keys_valued"] == ["QueryRetrieveLevel", "PatientName"], found
    lab.one("net.dicom.c_get", dicom__outcome="success", dicom__suboperations_completed=1)
    lab.one("net.dicom.c_move", dicom__outcome="success", dicom__move_destination="WARD_WS")
    lab.one("net.dicom.c_move", dicom__outcome="failure", dicom__move_destination="NOBODY")
    lab.one("net.dicom.rejected", dicom__why="called-ae-title-not-recognized", dicom__called_ae="WRONG")
    lab.one("net.dicom.associate", dicom__implementation_version=any_of("OFFIS_DCMTK"))
    lab.secret(PATIENT, "Rossi", PATIENT_ID)


@needs("echoscu", "storescp", "openssl")
def dicom_tls(lab):
    """DICOM in TLS on its port: TLS by name, and nothing of what is inside."""
    key, cert = certificate(lab)
    lab.serve("storescp", "+tls", key, cert, "-ic", "-aet", "SECURE", "2762", tcp=2762)
    lab.listen()
    lab.run("echoscu", "+tla", "-ic", "-aec", "SECURE", FAR, "2762")
    lab.hear()
    lab.service("tls", tcp=2762)
    lab.one("net.tls", tls__outcome="answered", dst_port=2762)
    assert not [c for c in lab.classes() if c.startswith("net.dicom")]
    lab.secret("SECURE")


@needs("Orthanc", "curl", "echoscu", "findscu", "storescu")
def orthanc(lab):
    """Another archive, by DICOM, by its own interface over HTTP, and by DICOMweb."""
    image(lab)
    lab.write("orthanc.json", json.dumps({
        "Name": "Peer", "DicomAet": "ORTHANC", "DicomPort": 4242, "HttpPort": 8042,
        "StorageDirectory": lab.path("db"), "IndexDirectory": lab.path("db"),
        "RemoteAccessAllowed": True, "AuthenticationEnabled": True,
        "RegisteredUsers": {"radiology": SECRET}, "DicomAlwaysAllowEcho": True,
        "DicomAlwaysAllowStore": True, "DicomModalities": {"ward": ["WARD_WS", NEAR, 11112]},
        "Plugins": ["/usr/share/orthanc/plugins/libOrthancDicomWeb.so"]}))
    lab.serve("Orthanc", "orthanc.json", tcp=4242)
    until(lambda: lab.wire.listens("tcp", 8042), "Orthanc's HTTP server")
    lab.listen()
    ours, peer = ["-aet", "WARD_WS", "-aec", "ORTHANC"], [FAR, "4242"]
    lab.run("echoscu", *ours, *peer)
    lab.run("storescu", *ours, *peer, "image.dcm")
    lab.run("findscu", *ours, "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID=" + PATIENT_ID,
            *peer)
    web, user = f"http://{FAR}:8042", ["-sS", "--user", "radiology:" + SECRET]
    lab.run("curl", "-sS", "--user", "radiology:wrong", web + "/system")
    assert "Peer" in lab.run("curl", *user, web + "/system")
    answer = lab.run("curl", *user, "-H", "Accept: application/dicom+json",
                     web + "/dicom-web/studies?PatientID=" + PATIENT_ID)
    assert PATIENT_ID in answer, answer
    lab.run("curl", *user, "-o", "study", f"{web}/dicom-web/studies/{STUDY}")
    lab.hear()
    lab.service("dicom", tcp=4242)
    lab.service("http", tcp=8042)
    lab.one("net.dicom.c_echo", dicom__outcome="success")
    lab.one("net.dicom.c_store", dicom__outcome="success")
    lab.one("net.dicom.c_find", dicom__outcome="success", dicom__responses_pending=1)
    lab.one("net.login", login__outcome="failed", dst_port=8042, user="radiology")
    lab.one("net.login", login__outcome="ok", dst_port=8042, user="radiology")
    lab.many(2, "net.dicomweb", dicomweb__outcome="ok")
    lab.secret("Rossi", PATIENT_ID, SECRET)


MLLP = r"""
import socket, sys
def message(*segments): return b"\x0b" + "\r".join(segments).encode() + b"\r\x1c\r"
def read(s):
    got = b""
    while not got.endswith(b"\x1c\r"):
        more = s.recv(4096)
        if not more: return None
        got += more
    return got
if sys.argv[1] == "serve":
    listener = socket.create_server(("", 2575))
    codes = iter(("AA", "AE"))
    while True:
        s, _ = listener.accept()
        while read(s):
            s.sendall(message("MSH|^~\\&|LAB|WARD|HIS|WARD|20261126||ACK^A01|2|P|2.5",
                              "MSA|" + next(codes) + "|PID-4711-0815"))
s = socket.create_connection((sys.argv[2], 2575))
for kind in ("ADT^A01", "ORU^R01"):
    s.sendall(message("MSH|^~\\&|HIS|WARD|LAB|WARD|20261126||" + kind + "|PID-4711-0815|P|2.5",
                      "PID|1||PID-4711-0815||Rossi^Giulia"))
    read(s)
"""


def hl7(lab):
    """A hospital information system that admits a patient; the laboratory accepts, then refuses."""
    lab.write("mllp.py", MLLP)
    lab.serve(PYTHON, "mllp.py", "serve", tcp=2575)
    lab.listen()
    lab.run(PYTHON, "mllp.py", "send", FAR)
    lab.hear()
    lab.service("hl7", tcp=2575)
    lab.one("net.hl7.message", hl7__type="ADT", hl7__trigger="A01", src_ip=NEAR)
    lab.one("net.hl7.message", hl7__type="ORU", hl7__trigger="R01", src_ip=NEAR)
    lab.many(2, "net.hl7.ack", src_ip=FAR)
    lab.one("net.hl7.ack", hl7__ack_code="AE")
    lab.secret("Rossi", PATIENT_ID)


FHIR = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Fhir(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        found = "unknown" not in self.path
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b'{"resourceType":"Patient","id":"PID-4711-0815","name":[{"family":"Rossi"}]}'
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_GET
ThreadingHTTPServer(("", 8080), Fhir).serve_forever()
"""


@needs("curl")
def fhir(lab):
    """FHIR read, search, creation and a wrong id; whose records they are is not told."""
    lab.write("fhir.py", FHIR)
    lab.serve(PYTHON, "fhir.py", tcp=8080)
    lab.listen()
    base = f"http://{FAR}:8080/fhir"
    curl = ["curl", "-sS", "-H", "Accept: application/fhir+json", "-H", "Authorization: Bearer " + SECRET]
    assert PATIENT_ID in lab.run(*curl, f"{base}/Patient/{PATIENT_ID}")
    lab.run(*curl, f"{base}/Observation?patient={PATIENT_ID}&code=85354-9")
    lab.run(*curl, f"{base}/Patient/unknown-{PATIENT_ID}")
    lab.run(*curl, "-H", "Content-Type: application/fhir+json", "-d",
            '{"resourceType":"Patient","name":[{"family":"Rossi"}]}', f"{base}/Patient")
    lab.hear()
    lab.service("http", tcp=8080)
    lab.one("net.fhir", fhir__interaction="read", fhir__outcome="ok", fhir__resource="Patient")
    lab.one("net.fhir", fhir__interaction="search-type", fhir__parameters=["patient", "code"])
    lab.one("net.fhir", fhir__interaction="read", fhir__outcome="not-found")
    lab.one("net.fhir", fhir__interaction="create")
    lab.one("net.http", uri="/fhir/Patient/{id}", http__user_agent=any_of("curl/"))
    lab.one("net.http", uri="/fhir/Observation?patient={}&code={}")
    lab.secret("Rossi", PATIENT_ID, SECRET)


CASES = [dcmtk, dicom_tls, orthanc, hl7, fhir]
if __name__ == "__main__":
    main(CASES)

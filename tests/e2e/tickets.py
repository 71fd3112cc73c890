"""Ticket systems, as far as Ward asks them, written after the vendors' public documentation: ServiceNow's Table API, GLPI's
apirest.php, TOPdesk's Incident Management API. They keep tickets, and refuse what the APIs refuse. None is a product."""
import base64, http.server, json, re, ssl, sys, threading, urllib.parse, uuid

USER, SECRET = "ward", "of-the-desk"
BASIC = "Basic " + base64.b64encode(f"{USER}:{SECRET}".encode()).decode()


class Refused(Exception):
    def __init__(self, status, body, **headers):
        self.status, self.body, self.headers = status, body, headers


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Who has heard all hangs up: a goodbye's answer goes nowhere."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):
            super().handle_error(*_)


class System:
    """answer(method, path, query, headers, body) gives (status, value); what is wrong is raised."""

    def __init__(self, context=None):
        self.tickets, self.asked, self.lose, self.closes, self.down = [], [], None, False, None
        system = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version, wbufsize = "HTTP/1.1", 1 << 16

            def any(self):
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size)
                at = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(at.query, keep_blank_values=True))
                system.asked.append((self.command, at.path))
                headers = {}
                try:
                    if system.down and not at.path.endswith("/killSession"):  # of a letter before
                        raise system.down
                    if self.command != "GET" and self.headers.get("Content-Type") != "application/json":
                        raise Refused(415, {"error": "Content-Type"})
                    value = None
                    if body:
                        try:
                            value = json.loads(body)
                        except ValueError:
                            raise Refused(400, {"error": "JSON"})
                    status, value = system.answer(self.command, at.path, query, self.headers, value)
                except Refused as e:
                    status, value, headers = e.status, e.body, e.headers
                if system.lose and system.lose == self.command:  # it is done, and nobody hears of it
                    system.lose = None
                    self.close_connection = True
                    return
                text = b"" if status == 204 else value.encode() if isinstance(value, str) else json.dumps(value).encode()
                self.send_response(status)
                for name, field in headers.items():
                    self.send_header(name.replace("_", "-"), field)
                if status != 204:
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(text)))
                if system.closes:
                    self.send_header("Connection", "close")
                    self.close_connection = True
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PATCH = do_PUT = any

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def find(self, **of):
        return next((t for t in self.tickets if all(t.get(k) == v for k, v in of.items())), None)


class ServiceNow(System):
    name, base = "servicenow", ""

    def answer(self, method, path, query, headers, body):
        if headers.get("Authorization") != BASIC:
            raise Refused(401, {"error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
                                "status": "failure"})
        if "application/json" not in headers.get("Accept", ""):
            raise Refused(406, {"error": {"message": "Not acceptable"}})
        part = path.split("/")
        if part[1:5] != ["api", "now", "table", "incident"]:
            raise Refused(400, {"error": {"message": "Invalid table"}, "status": "failure"})
        fields = query.get("sysparm_fields", "").split(",")
        shown = lambda t: {k: v for k, v in t.items() if not fields[0] or k in fields}
        if method == "GET" and len(part) == 5:
            found = list(self.tickets)
            for term in query["sysparm_query"].split("^"):
                if term.startswith("ORDERBY"):
                    found.sort(key=lambda t: t[re.sub("ORDERBY(DESC)?", "", term)], reverse=term.startswith("ORDERBYDESC"))
                else:
                    name, value = term.split("=", 1)
                    found = [t for t in found if t.get(name) == value]
            return 200, {"result": [shown(t) for t in found[:int(query.get("sysparm_limit", 10000))]]}
        if method == "POST" and len(part) == 5:
            t = {"sys_id": uuid.uuid4().hex, "number": f"INC{10001 + len(self.tickets):07}", "state": "1", "notes": [],
                 "sys_created_by": USER, "sys_created_on": f"{len(self.tickets):09}"}
            t.update({k: str(v) for k, v in body.items()})
            t["short_description"] = t.get("short_description", "")[:160]
            self.tickets.append(t)
            return 201, {"result": shown(t)}
        t = self.find(sys_id=part[5]) if len(part) == 6 else None
        if not t:
            raise Refused(404, {"error": {"message": "No Record found", "detail": "Record doesn't exist or ACL restricts the "
                                          "record retrieval"}, "status": "failure"})
        if method not in ("PATCH", "PUT"):
            raise Refused(405, {"error": {"message": "Method not supported"}})
        if body.get("state") in ("6", "7") and not (body.get("close_code") and body.get("close_notes")):
            raise Refused(403, {"error": {"message": "Operation Failed", "detail": "Data Policy Exception: The following "
                                          "fields are mandatory: Resolution code, Resolution notes"}, "status": "failure"})
        if "work_notes" in body:
            t["notes"].append(body.pop("work_notes"))
        t.update(body)
        return 200, {"result": shown(t)}

    # as the tests see it
    def others(self, id):
        """Tickets that others made with this id, before and after: each is closed."""
        return [dict(sys_id=when, number=when, state="7", notes=[], sys_created_by="mallory", sys_created_on=when,
                     correlation_id=id) for when in "!~"]

    def open(self, t):
        return t["state"] not in ("6", "7", "8")

    def close(self, t):
        t.update(state="7")

    def number(self, t):
        return t["number"]

    def text(self, t):
        return t["description"]

    def title(self, t):
        return t["short_description"]

    def notes(self, t):
        return t["notes"]

    def reason(self, t):
        return t["close_notes"]


class GLPI(System):
    name, base = "glpi", "/glpi/apirest.php"
    sessions = set()

    def answer(self, method, path, query, headers, body):
        if method == "GET" and body is not None:
            raise Refused(400, ["ERROR_JSON_PAYLOAD_FORBIDDEN", "GET requests must have an empty body"])
        path = path[len(self.base):].rstrip("/")
        if path == "/initSession":
            if headers.get("Authorization") != BASIC:
                raise Refused(401, ["ERROR_GLPI_LOGIN", "Incorrect username or password"])
            token = uuid.uuid4().hex
            self.sessions.add(token)
            return 200, {"session_token": token}
        token = headers.get("Session-Token")
        if not token:
            raise Refused(400, ["ERROR_SESSION_TOKEN_MISSING", "parameter session_token is missing or empty"])
        if token not in self.sessions:
            raise Refused(401, ["ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid"])
        if path == "/killSession":
            self.sessions.discard(token)
            return 200, ""
        if path == "/search/Ticket":
            return self.search(query)
        input = (body or {}).get("input")
        if method in ("POST", "PUT") and not isinstance(input, dict):
            raise Refused(400, ["ERROR_BAD_ARRAY", "input parameter must be an array of objects"])
        if path == "/Ticket" and method == "POST":
            if not input.get("name") and not input.get("content"):
                raise Refused(400, ["ERROR_GLPI_ADD", "Mandatory fields are not filled"])
            t = dict(input, id=len(self.tickets) + 1, status=1, notes=[], name=input["name"][:255], writer=USER)
            self.tickets.append(t)
            return 201, {"id": t["id"], "message": ""}
        m = re.fullmatch(r"/Ticket/(\d+)(/ITILFollowup|/ITILSolution)?", path)
        t = self.find(id=int(m[1])) if m else None
        if not t:
            raise Refused(404, ["ERROR_ITEM_NOT_FOUND", "Item not found"])
        if method == "PUT" and not m[2]:
            t["status"] = int(input.get("status", t["status"]))
            return 200, [{str(t["id"]): True, "message": ""}]
        if method != "POST" or str(input.get("items_id")) != m[1] or input.get("itemtype") != "Ticket":
            raise Refused(400, ["ERROR_GLPI_ADD", "You don't have permission to perform this action."])
        if m[2] == "/ITILSolution":
            if t["status"] in (5, 6):
                raise Refused(400, ["ERROR_GLPI_ADD", "The ticket is solved or closed"])
            t.update(status=5, solution=input["content"])
        else:
            if input.get("is_private") != 1:
                raise Refused(400, ["ERROR_GLPI_ADD", "whoever asked for the ticket reads what is public"])
            t["notes"].append(input["content"])
        return 201, {"id": 1, "message": ""}

    def search(self, query):
        column = {"1": "name", "2": "id", "12": "status", "22": "writer"}
        found = list(self.tickets)
        for i in range(sum(k.endswith("[value]") for k in query)):
            of = {k: query.get(f"criteria[{i}][{k}]") for k in ("field", "searchtype", "value", "link")}
            if of["searchtype"] != "contains" or (i and of["link"] != "AND"):
                raise Refused(400, ["ERROR", "searchtype"])
            m = re.fullmatch(r"(\^?)(.*?)(\$?)", of["value"], re.S)
            is_so = re.compile(("" if m[1] else ".*") + re.escape(m[2]) + ("" if m[3] else ".*"), re.I | re.S)
            found = [t for t in found if is_so.fullmatch(str(t[column[of["field"]]]))]
        found.sort(key=lambda t: t[column[query["sort"]]], reverse=query["order"] == "DESC")
        first, last = map(int, query["range"].split("-"))
        wanted = ["1"] + [v for k, v in query.items() if k.startswith("forcedisplay")]
        some = found[first:last + 1]
        got = {"totalcount": len(found), "count": len(some)}
        if some:
            got["data"] = [{f: t[column[f]] for f in wanted} for t in some]
        return 206 if len(some) < len(found) else 200, got

    def others(self, id):
        new = dict(status=6, notes=[], writer="mallory")
        return [dict(new, id=0, name=f"Mine [Ward {id}]"), dict(new, id=999, name=f"Mine [Ward {id}]"),
                dict(new, id=0, writer=USER, name=f"[Ward {id}] on behalf of")]

    def open(self, t):
        return t["status"] not in (5, 6)

    def close(self, t):
        t.update(status=6)

    def number(self, t):
        return str(t["id"])

    def text(self, t):
        return t["content"]

    def title(self, t):
        return t["name"]

    def notes(self, t):
        return t["notes"]

    def reason(self, t):
        return t["solution"]


class TOPdesk(System):
    name, base = "topdesk", ""
    FIELDS = {"caller", "callerLookup", "briefDescription", "request", "action", "externalNumber", "closed", "completed"}

    def answer(self, method, path, query, headers, body):
        if headers.get("Authorization") != BASIC:
            raise Refused(401, [{"message": "Not authorized"}])
        unknown = set(body or {}) - self.FIELDS
        if unknown:
            raise Refused(400, [{"message": f"The field(s) {unknown} are not recognized"}])
        for field, most in ("briefDescription", 80), ("externalNumber", 60):
            if len((body or {}).get(field, "")) > most:
                raise Refused(400, [{"message": f"The value for the field '{field}' is too long"}])
        if path == "/tas/api/incidents" and method == "GET":
            m = re.fullmatch(r'(\w+)=="([^"]*)"', query["query"])
            if not m:
                raise Refused(400, [{"message": "The query is not valid FIQL"}])
            found = [t for t in self.tickets if t.get(m[1]) == m[2]]
            found.sort(key=lambda t: t.get("creationDate", 0), reverse=query.get("sort") != "creationDate:asc")
            some = found[:int(query.get("pageSize", 10))]
            shown = query["fields"].split(",")
            if not some:
                return 204, None
            return 206 if len(some) < len(found) else 200, [{f: t[f] for f in shown} for t in some]
        if path == "/tas/api/incidents" and method == "POST":
            if not body.get("callerLookup") and not body.get("caller", {}).get("dynamicName"):
                raise Refused(400, [{"message": "The caller is mandatory"}])
            t = {"id": str(uuid.uuid4()), "number": f"I2611-{len(self.tickets) + 1:03}", "closed": False, "actions": []}
            t.update(body)
            self.tickets.append(t)
            return 201, t
        t = self.find(id=path.rsplit("/", 1)[1]) if path.startswith("/tas/api/incidents/id/") else None
        if not t:
            raise Refused(404, [{"message": "The incident was not found"}])
        if method not in ("PATCH", "PUT"):
            raise Refused(405, [{"message": "Method not allowed"}])
        if "action" in body:
            t["actions"].append(body.pop("action"))
        t.update(body)
        return 200, t

    def others(self, id):
        return [dict(id="~", number="~", closed=True, actions=[], externalNumber=id, creationDate=1)]

    def open(self, t):
        return not t["closed"]

    def close(self, t):
        t.update(closed=True)

    def number(self, t):
        return t["number"]

    def text(self, t):
        return t["request"]

    def title(self, t):
        return t["briefDescription"]

    def notes(self, t):
        return t["actions"]

    def reason(self, t):
        return t["actions"][-1]


ALL = ServiceNow, GLPI, TOPdesk

"""Building and plant peers: Modbus, SNMP, MQTT, CoAP, KNX.
usage: building.py WARD CONTENT [CASE...]"""
import os

from lab import FAR, NEAR, PYTHON, any_of, main, needs, until

SECRET = "Bt7-not-to-be-told"

MODBUS_SERVER = """
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartTcpServer
identity = ModbusDeviceIdentification(info_name={
    "VendorName": "Peer Controls", "ProductCode": "AHU-7", "MajorMinorRevision": "2.1"})
block = lambda: ModbusSequentialDataBlock(0, [17] * 100)
slave = ModbusSlaveContext(di=block(), co=block(), hr=block(), ir=block())
StartTcpServer(context=ModbusServerContext(slaves=slave, single=True), identity=identity,
               address=("", 502))
"""
MODBUS_CLIENT = """
import sys
from pymodbus.client import ModbusTcpClient
from pymodbus.diag_message import ForceListenOnlyModeRequest
from pymodbus.mei_message import ReadDeviceInformationRequest
c = ModbusTcpClient(sys.argv[1], timeout=2, retries=0)
assert c.connect()
assert c.read_holding_registers(1, 2, slave=1).registers == [17, 17]
assert c.read_coils(0, 8, slave=1).bits
c.write_register(3, 4711, slave=1)
c.write_coils(4, [True, False, True], slave=1)
assert c.read_holding_registers(500, 1, slave=1).isError()
assert c.execute(ReadDeviceInformationRequest(unit=1)).information[0] == b"Peer Controls"
for address in range(500, 512):
    assert c.read_input_registers(address, 1, slave=1).isError()
c.execute(ForceListenOnlyModeRequest(unit=1))
c.close()
"""


@needs("python3:pymodbus", "mbpoll")
def modbus(lab):
    """Reads, writes, an exception and the device's identity, by PyModbus and libmodbus."""
    lab.serve(PYTHON, lab.write("server.py", MODBUS_SERVER), tcp=502)
    lab.listen()
    lab.run(PYTHON, lab.write("client.py", MODBUS_CLIENT), FAR)
    poll = ["mbpoll", "-m", "tcp", "-a", "1", "-0", "-1", "-q"]
    lab.run(*poll, "-t", "4", "-r", "3", "-c", "1", FAR)
    lab.run(*poll, "-t", "4", "-r", "6", FAR, "99")
    lab.hear()
    lab.service("modbus", tcp=502)
    lab.one("net.modbus.read_coils", modbus__count=8)
    lab.many(3, "net.modbus.read_holding_registers")
    lab.one("net.modbus.write_single_register", modbus__values=4711, modbus__address=3)
    lab.one("net.modbus.write_multiple_coils")
    lab.one("net.modbus.exception", modbus__outcome="exception", modbus__address=500)
    lab.many(13, "net.modbus.exception", modbus__exception="illegal-data-address")
    lab.one("net.modbus.diagnostics", modbus__diagnostic="force-listen-only")
    lab.one("net.modbus.identity", modbus__vendor="Peer Controls", modbus__product="AHU-7", src_ip=FAR)
    assert "Modbus device restarted or silenced" in lab.judged("building"), lab.judged("building")


SNMPD = f"""
rocommunity public
rwcommunity {SECRET}
sysName ups-7.ward.example
sysLocation Plant room
createUser reader SHA {SECRET}1 AES {SECRET}2
rouser reader priv
agentAddress udp:161
"""


@needs("snmpd", "snmpget", "snmpwalk", "snmpset")
def snmp(lab):
    """An agent: v1, v2c and v3, a walk, a set, a wrong community and wrong passwords."""
    lab.serve("snmpd", "-f", "-Lo", "-C", "-c", lab.write("snmpd.conf", SNMPD), "-p", lab.path("pid"),
              udp=161, env={"SNMP_PERSISTENT_DIR": lab.dir, "MIBS": ""})
    lab.listen()
    env = {"SNMP_PERSISTENT_DIR": lab.dir, "MIBS": ""}
    quick = ["-t", "1", "-r", "0"]
    name, location = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0"
    v3 = ["-v3", "-u", "reader", "-a", "SHA", "-A", SECRET + "1", "-x", "AES"]
    lab.run("snmpget", "-v1", "-c", "public", *quick, FAR, name, env=env)
    lab.run("snmpwalk", "-v2c", "-c", "public", *quick, FAR, "1.3.6.1.2.1.1", env=env)
    lab.run("snmpset", "-v2c", "-c", SECRET, *quick, FAR, "1.3.6.1.2.1.1.4.0", "s", "nobody", env=env)
    lab.run("snmpget", "-v2c", "-c", "guess", *quick, FAR, location, env=env, ok=1)
    lab.run("snmpget", *v3, "-X", SECRET + "2", "-l", "authPriv", *quick, FAR, name, env=env)
    lab.run("snmpget", "-v3", "-u", "nobody", "-l", "noAuthNoPriv", *quick, FAR, name, env=env, ok=None)
    lab.run("snmpget", "-v3", "-u", "reader", "-a", "SHA", "-A", "wrong-password", "-l", "authNoPriv",
            *quick, FAR, name, env=env, ok=None)
    lab.hear()
    lab.service("snmp", udp=161)
    lab.one("net.snmp.response", snmp__outcome="ok", snmp__sys_name="ups-7.ward.example")
    lab.one("net.snmp.response", snmp__sys_descr=any_of("Linux"))
    lab.one("net.snmp.set_request", snmp__oid=any_of("1.3.6.1.2.1.1.4.0"))
    lab.one("net.login", login__outcome="ok", user="reader")
    lab.one("net.login", login__outcome="failed", user="nobody")
    lab.one("net.login", login__outcome="failed", user="reader")
    lab.one("net.snmp.unanswered")
    lab.secret(SECRET, "guess")


@needs("mosquitto", "mosquitto_pub", "mosquitto_sub", "mosquitto_passwd")
def mqtt(lab):
    """A broker with passwords: refused, accepted, a retained message, who subscribes to everything."""
    lab.run("mosquitto_passwd", "-b", "-c", "passwords", "pump", SECRET)
    lab.write("mosquitto.conf", f"user root\nlistener 1883\npassword_file {lab.path('passwords')}\n")
    lab.serve("mosquitto", "-c", "mosquitto.conf", tcp=1883)
    lab.listen()
    user = ["-h", FAR, "-u", "pump", "-P", SECRET]
    lab.run("mosquitto_pub", "-h", FAR, "-u", "pump", "-P", "wrong", "-t", "a", "-m", "b", ok=None)
    lab.run("mosquitto_pub", "-h", FAR, "-V", "5", "-t", "a", "-m", "b", ok=None)
    lab.run("mosquitto_pub", *user, "-V", "5", "-q", "1", "-r", "-i", "pump-7", "-t", "ward/pump/state",
            "-m", "running")
    assert lab.run("mosquitto_sub", *user, "-V", "311", "-t", "#", "-C", "1") == "running\n"
    lab.hear()
    lab.service("mqtt", tcp=1883)
    lab.many(2, "net.mqtt.connect", mqtt__outcome="refused")
    lab.one("net.mqtt.connect", mqtt__outcome="accepted", mqtt__client_id="pump-7")
    lab.one("net.login", login__outcome="failed", user="pump", login__cleartext=True)
    lab.one("net.login", login__outcome="ok", user="pump")
    lab.one("net.mqtt.publish", uri="ward/pump/state", mqtt__retain=True, src_ip=NEAR)
    lab.one("net.mqtt.publish", uri="ward/pump/state", mqtt__retain=True, src_ip=FAR)
    lab.one("net.mqtt.subscribe", uri="#", mqtt__all_topics=True)
    lab.secret(SECRET, "running")


@needs("coap-client-notls", "coap-server-notls")
def coap(lab):
    """libcoap's server and client: discovery, a resource, one that is not there, a change."""
    lab.serve("coap-server-notls", "-A", FAR, udp=5683)
    lab.listen()
    base = f"coap://{FAR}"
    assert "rt=" in lab.run("coap-client-notls", "-m", "get", base + "/.well-known/core")
    lab.run("coap-client-notls", "-m", "get", base + "/time")
    lab.run("coap-client-notls", "-m", "get", base + "/nothing", ok=None)
    lab.run("coap-client-notls", "-m", "put", "-e", "1", base + "/time", ok=None)
    lab.hear()
    lab.service("coap", udp=5683)
    lab.one("net.coap.response", uri="/.well-known/core", coap__outcome="ok", coap__response_format=40)
    lab.one("net.coap.response", uri="/nothing", coap__outcome="client-error", coap__code="4.04")
    lab.one("net.coap.response", uri="/time", coap__method="PUT", coap__outcome="ok")


@needs("knxd", "knxtool")
def knx(lab):
    """A KNXnet/IP server without a bus; another one tunnels to it, and switches a light."""
    lab.serve("knxd", "-n", "peer-gateway", "-e", "1.1.1", "-E", "1.1.2:8", "-D", "-T", "-R", "-S",
              "-b", "dummy:", udp=3671)
    lab.listen()
    near = lab.path("near.socket")
    lab.spawn(["knxd", "-e", "1.2.1", "-E", "1.2.2:8", "-u" + near, "-b", "ipt:" + FAR], "near")
    until(lambda: os.path.exists(near), "the tunnel's knxd")
    until(lambda: "connect_response" in lab.text("told"), "the tunnel")
    lab.run("knxtool", "groupswrite", "local:" + near, "1/2/3", "1")
    lab.run("knxtool", "groupread", "local:" + near, "1/2/4")
    until(lambda: lab.text("told").count("net.knx.confirmation") == 2, "both telegrams")
    lab.hear()
    lab.service("knx", udp=3671)
    lab.one("net.knx.connect_response", knx__outcome="ok", knx__connection_type="tunnel",
            knx__tunnel_address="1.1.2")
    switched = {"knx__destination": "1/2/3", "knx__source": lambda a: a.startswith("1.2.")}
    lab.one("net.knx.group_value_write", knx__service="tunnelling_request", knx__value=1, **switched)
    lab.one("net.knx.group_value_write", knx__service="routing_indication", **switched)
    lab.many(2, "net.knx.confirmation", knx__outcome="ok")
    lab.one("net.knx.group_value_read", knx__destination="1/2/4")


CASES = [modbus, snmp, mqtt, coap, knx]
if __name__ == "__main__":
    main(CASES)

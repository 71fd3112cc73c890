"""Building and plant peers: Modbus, SNMP, MQTT, KNX, CoAP and messages made with Scapy.
usage: building.py WARD CONTENT [CASE...]"""
from lab import FAR, NEAR, PYTHON, any_of, main, needs

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
from pymodbus.mei_message import ReadDeviceInformationRequest
c = ModbusTcpClient(sys.argv[1])
assert c.connect()
assert c.read_holding_registers(1, 2, slave=1).registers == [17, 17]
assert c.read_coils(0, 8, slave=1).bits
c.write_register(3, 4711, slave=1)
c.write_coils(4, [True, False, True], slave=1)
assert c.read_holding_registers(500, 1, slave=1).isError()
assert c.execute(ReadDeviceInformationRequest(unit=1)).information[0] == b"Peer Controls"
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
    lab.one("net.modbus.identity", modbus__vendor="Peer Controls", modbus__product_code="AHU-7")
    lab.none("net.modbus.unanswered")


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
    lab.serve("/usr/sbin/mosquitto", "-c", "mosquitto.conf", tcp=1883)
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


@needs("knxd", "knxtool")
def knx(lab):
    """A KNXnet/IP server without a bus, and a tunnel to it by which a light is switched."""
    lab.spawn(["true"], "true")
    lab.serve("knxd", "-e", "1.1.1", "-E", "1.1.2:8", "-D", "-T", "-R", "-S", "-b", "dummy:", udp=3671)
    lab.run("true")
    lab.listen()
    lab.hear()


@needs("coap-client", "coap-server")
def coap(lab):
    """libcoap's server and client: discovery, a resource, one that is not there, a change."""
    lab.serve("coap-server", "-A", FAR, udp=5683)
    lab.listen()
    base = f"coap://{FAR}"
    assert "rt=" in lab.run("coap-client", "-m", "get", base + "/.well-known/core")
    lab.run("coap-client", "-m", "get", base + "/time")
    lab.run("coap-client", "-m", "get", base + "/nothing", ok=None)
    lab.run("coap-client", "-m", "put", "-e", "1", base + "/time", ok=None)
    lab.hear()
    lab.service("coap", udp=5683)
    print(lab.text("told"))


CASES = [modbus, snmp, mqtt, coap]
if __name__ == "__main__":
    main(CASES)

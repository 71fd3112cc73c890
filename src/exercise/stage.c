#include "exercise/stage.h"

#include "base/attr.h"

#include <stdio.h>
#include <unistd.h>

static const struct ward_tool tools[] = {
	{"bacnet", "{content}/bacnet", "python3"},
	{"curl", "curl", "curl"},
	{"echoscu", "echoscu", "dcmtk"},
	{"findscu", "findscu", "dcmtk"},
	{"hydra", "hydra", "hydra"},
	{"mbpoll", "mbpoll", "mbpoll"},
	{"mllp", "{content}/mllp", "python3"},
	{"mosquitto_pub", "mosquitto_pub", "mosquitto-clients"},
	{"mosquitto_sub", "mosquitto_sub", "mosquitto-clients"},
	{"nmap", "nmap", "nmap"},
	{"nslookup", "busybox nslookup", "busybox"},
	{"scapy", "{content}/scapy", "python3-scapy"},
	{"smb-rename", "{content}/smb-rename", "smbclient"},
	{"smbclient", "smbclient", "smbclient"},
	{"snmpset", "snmpset", "snmp"},
	{"snmpwalk", "snmpwalk", "snmp"},
	{"storescu", "storescu", "dcmtk"},
	{"udhcpc", "udhcpc", "udhcpc"},
};

static const struct ward_peer peers[] = {
	{.name = "archive", /* DICOM, and its REST API */
		.program = "Orthanc",
		.package = "orthanc",
		.stream = true,
		.port = 104,
		.args = {"{dir}/orthanc.json"},
		.file = {"orthanc.json"}},
	{.name = "files", /* SMB */
		.program = "smbd",
		.package = "samba",
		.stream = true,
		.port = 445,
		.args = {"--foreground", "--no-process-group", "--debug-stdout",
			"--configfile={dir}/smb.conf"},
		.file = {"smb.conf", "letter-1.txt", "letter-2.txt"}},
	{.name = "engine", /* HL7 over MLLP */
		.program = "{content}/mllp",
		.package = "python3",
		.stream = true,
		.port = 2575,
		.args = {"serve", "2575"}},
	{.name = "records", /* FHIR */
		.program = "{content}/records",
		.package = "python3",
		.stream = true,
		.port = 8080,
		.args = {"8080"}},
	{.name = "registers", /* Modbus/TCP, of a file that lies with the scenario */
		.program = "{content}/registers",
		.package = "python3",
		.stream = true,
		.port = 502,
		.args = {"502", "{scenario}/stage/{host}.registers"},
		.needs = "registers"},
	{.name = "broker", /* MQTT */
		.program = "mosquitto",
		.package = "mosquitto",
		.stream = true,
		.port = 1883,
		.args = {"-c", "{dir}/mosquitto.conf"},
		.file = {"mosquitto.conf"}},
	{.name = "names", /* DNS, DHCP */
		.program = "dnsmasq",
		.package = "dnsmasq-base",
		.port = 53,
		.args = {"--keep-in-foreground", "--conf-file={dir}/dnsmasq.conf"},
		.file = {"dnsmasq.conf"},
		.leases = "--dhcp-range="},
	{.name = "portal", /* HTTP, by name and password */
		.program = "busybox",
		.package = "busybox",
		.stream = true,
		.port = 80,
		.args = {"httpd", "-f", "-p", "{ip}:80", "-h", "{dir}", "-c", "{dir}/httpd.conf",
			"-r", "Appointments"},
		.file = {"httpd.conf", "index.html"}},
	{.name = "shell", /* SSH */
		.program = "dropbear",
		.package = "dropbear-bin",
		.stream = true,
		.port = 22,
		.prepare = {"dropbearkey", "-t", "ed25519", "-f", "{dir}/key"},
		.args = {"-F", "-E", "-r", "{dir}/key", "-P", "{dir}/pid"},
		.file = {"passwd", "shadow", "nsswitch.conf"},
		.over = {"passwd", "shadow", "nsswitch.conf"}},
	{.name = "agent", /* SNMP */
		.program = "snmpd",
		.package = "snmpd",
		.port = 161,
		.args = {"-f", "-Lo", "-C", "-c", "{dir}/snmpd.conf", "-p", "{dir}/pid"},
		.file = {"snmpd.conf"}},
};

const struct ward_tool *ward_tool_find(struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(tools); i++)
		if (ward_str_eqz(name, tools[i].name))
			return &tools[i];
	return NULL;
}

const struct ward_peer *ward_peer_find(struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(peers); i++)
		if (ward_str_eqz(name, peers[i].name))
			return &peers[i];
	return NULL;
}

void ward_tool_names(struct ward_wr *w)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(tools); i++) {
		ward_wr_z(w, i ? ", " : "");
		ward_wr_z(w, tools[i].name);
	}
}

void ward_peer_names(struct ward_wr *w)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(peers); i++) {
		ward_wr_z(w, i ? ", " : "");
		ward_wr_z(w, peers[i].name);
	}
}

bool ward_stage_find(struct ward_str program, char *ret, size_t cap)
{
	static const char *const folder[] = {
		"", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};
	bool whole = memchr(program.p, '/', program.len) != NULL;

	for (size_t i = !whole; i < (whole ? 1 : WARD_ARRAY_LEN(folder)); i++) {
		int n = snprintf(ret, cap, "%s%.*s", folder[i], WARD_STR_ARG(program));

		if (n > 0 && (size_t)n < cap && access(ret, X_OK) == 0)
			return true;
	}
	return false;
}

void ward_stage_say(struct ward_str text, const struct ward_stage_words *words, struct ward_wr *w)
{
	const struct {
		struct ward_str word, is;
	} all[] = {{WARD_STR("{dir}"), words->dir}, {WARD_STR("{ip}"), words->ip},
		{WARD_STR("{host}"), words->host}, {WARD_STR("{content}"), words->content},
		{WARD_STR("{scenario}"), words->scenario}};

	while (text.len) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(all) && !ward_str_starts(text, all[k].word))
			k++;
		if (k < WARD_ARRAY_LEN(all)) {
			ward_wr_str(w, all[k].is);
			text = ward_str_sub(text, all[k].word.len, text.len);
		} else {
			ward_wr_ch(w, text.p[0]);
			text = ward_str_sub(text, 1, text.len);
		}
	}
}

#include "sense/net/proto/tls/flow.h"

#include <string.h>

/* What a connection carries under TLS. Names are those of the dissectors that read it in clear, or
 * the standard's. Ports: IANA's registry (802: MODBUS/TCP Security; 2762: DICOM PS3.15 B.1; 19999:
 * DNP3 IEEE 1815 over TLS), and of BACnet/SC, which has none, that of BACnet/IP, where products put
 * it. ALPN: IANA's registry; BACnet/SC's are the names of its WebSocket subprotocols (ANSI/ASHRAE
 * 135-2020 AB.7.1), which some libraries offer by ALPN too. */
static const struct service {
	const char *name, *alpn;
	uint16_t port;
} service[] = {
	{"bacnet-sc", "hub.bsc.bacnet.org", 47808},
	{"bacnet-sc", "dc.bsc.bacnet.org", 0},
	{"coap", "coap", 5684},
	{"dicom", NULL, 2762},
	{"dnp3", NULL, 19999},
	{"dns", "dot", 853},
	{"ftp", "ftp", 990},
	{"http", "http/1.1", 443},
	{"http", "http/1.0", 8443},
	{"http", "h2", 0},
	{"iec104", NULL, 19998},
	{"imap", "imap", 993},
	{"ldap", "ldap", 636},
	{"ldap", NULL, 3269},
	{"modbus", NULL, 802},
	{"mqtt", "mqtt", 8883},
	{"ntske", "ntske/1", 4460},
	{"opcua", NULL, 4843},
	{"pop3", "pop3", 995},
	{"radius", "radius/1.0", 2083},
	{"smtp", NULL, 465},
	{"snmp", NULL, 10161},
	{"syslog", NULL, 6514},
};

static const char *by_alpn(const struct ward_tls_hello_kept *k)
{
	struct ward_rd r = ward_rd_from(k->alpn, k->n_alpn);

	while (ward_rd_left(&r)) { /* the length takes a byte */
		struct ward_slice s = ward_rd_bytes(&r, ward_rd_u8(&r));
		struct ward_str name = {(const char *)s.p, s.len};

		for (size_t i = 0; i < WARD_ARRAY_LEN(service); i++)
			if (service[i].alpn && ward_str_eq(name, ward_str_z(service[i].alpn)))
				return service[i].name;
	}
	return NULL;
}

static const char *by_port(uint16_t port)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(service); i++)
		if (service[i].port && service[i].port == port)
			return service[i].name;
	return NULL;
}

/* What the server chose counts before what was offered, and a web server's own choice of HTTP is
 * less than a port that is registered for something that HTTP only opens (WebSocket). */
const char *ward_tls_carries(
	const struct ward_tls_flow *f, uint16_t server_port, enum ward_tls_carries_by *ret_by)
{
	const char *chosen = by_alpn(f->server.n_alpn ? &f->server : &f->client);
	const char *port = by_port(server_port);
	bool web = chosen && strcmp(chosen, "http") == 0;

	*ret_by = WARD_TLS_CARRIES_BY_PORT;
	if (port && (!chosen || web))
		return port;
	*ret_by = WARD_TLS_CARRIES_BY_ALPN;
	return chosen;
}

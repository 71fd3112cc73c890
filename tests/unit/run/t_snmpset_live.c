/* The process that asks a switch by SNMP, in its cage, with net-snmp's agent in the place of the
 * switch and this test in that of `act`, all in a network of their own: its ports are interfaces,
 * which go down and up. What bridges have of VLANs, which the agent lacks, a script of it has. */
#include "live.h"
#include "run/letter.h"
#include "run/ipc.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000, TEXT = 512, SKIPPED = 77, PORT = 1161 };

#define SNMPD "/usr/sbin/snmpd"
#define BRIDGE ".1.3.6.1.2.1.17"
#define FDB BRIDGE ".4.3.1.2.2.0.0.0."
#define VLAN_FDB BRIDGE ".7.1.2.2.1.2."
#define FDB_STATUS BRIDGE ".4.3.1.3.2.0.0.0."
#define VLAN_STATUS BRIDGE ".7.1.2.2.1.3."
/* Of most ports the name is their description, of one it is its id. */
#define LLDP_NAMES LLDP ".3.7.1.3.5 string gi11\n"
#define LLDP_GI7                                                           \
	LLDP ".3.7.1.4.1 string gi7\n" LLDP ".3.7.1.4.2 string gi9\n" LLDP \
	     ".3.7.1.4.3 string gi10\n" LLDP ".3.7.1.4.6 string gi12\n"
#define LLDP_NEIGHBOURS LLDP ".4.1.1.12.0.3.1 octet 28\n" LLDP ".4.1.1.12.0.5.1 octet 01\n"
#define LLDP_CHASSIS                                                           \
	LLDP ".4.1.1.5.0.1.1 octet 02\n" LLDP ".4.1.1.5.0.3.1 octet 03\n" LLDP \
	     ".4.1.1.5.0.5.1 octet 05\n"
#define LLDP ".1.0.8802.1.1.2.1"

struct lab {
	char folder[64], url[TEXT], secret[TEXT], user[TEXT], nobody[TEXT];
	struct live_process hand, lost; /* of which the latter asks where nobody answers */
	int link[2], lost_link[2];
	pid_t agent;
	uint8_t n;
};

static uint8_t buf[WARD_MSG_MAX], out[WARD_MSG_BODY_MAX];

static void put(const struct lab *l, const char *name, mode_t mode, const char *text)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", l->folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static bool runs(const char *what)
{
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		(void)execl("/bin/sh", "sh", "-ec", what, (char *)NULL);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* The bridge's port 105 is gi7, with one device in three VLANs; 106 is gi9, with five of them;
 * behind 7, gi10, a neighbour bridges, behind 108, gi11, one is a station alone; 109 is an uplink.
 */
static void put_tables(const struct lab *l)
{
	static const char *const ports[] = {"gi7", "gi9", "gi10", "gi11", "up48", "gi12"};
	/* learned(3); one is forgotten, and still in the table: invalid(2) */
	static const struct row {
		const char *index;
		unsigned port, status;
	} fdb[] = {{"0.1", 105, 3}, {"1.1", 106, 3}, {"1.2", 106, 3}, {"1.3", 106, 3},
		{"1.4", 106, 3}, {"2.1", 107, 3}, {"2.2", 108, 3}, {"2.3", 109, 3}, {"2.4", 108, 3},
		{"2.6", 110, 2}, {NULL, 0, 0}},
	  vlan[] = {{"20.2.0.0.0.0.1", 105, 3}, {"20.2.0.0.0.1.5", 106, 3},
		  {"20.2.0.0.0.2.4", 110, 3}, {"20.2.0.0.0.2.5", 106, 3},
		  {"30.2.0.0.0.0.1", 105, 3}, {"30.2.0.0.0.2.5", 108, 3}, {NULL, 0, 0}};
	static const struct {
		const char *port, *status;
		const struct row *row;
	} table[] = {{FDB, FDB_STATUS, fdb}, {VLAN_FDB, VLAN_STATUS, vlan}};
	char text[16 * TEXT];
	int n = 0;

	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			BRIDGE ".1.4.1.2.%zu integer %u\n", i + 105, if_nametoindex(ports[i]));
	for (size_t i = 0; i < WARD_ARRAY_LEN(table); i++)
		for (int status = 0; status < 2; status++)
			for (const struct row *r = table[i].row; r->index; r++)
				n += snprintf(text + n, sizeof(text) - (size_t)n,
					"%s%s integer %u\n",
					status ? table[i].status : table[i].port, r->index,
					status ? r->status : r->port);
	(void)snprintf(text + n, sizeof(text) - (size_t)n, "%s",
		BRIDGE ".7.1.4.5.1.1.105 gauge 20\n" BRIDGE ".7.1.4.5.1.1.106 gauge 20\n");
	put(l, "rows", 0600, text);
	put(l, "lldp", 0600, LLDP_NAMES LLDP_GI7 LLDP_NEIGHBOURS);
}

static void make(struct lab *l)
{
	char text[8 * TEXT];

	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(text, sizeof(text),
		"createUser ward SHA-256 \"phrase of one\" AES \"phrase of two\"\n"
		"createUser old SHA \"phrase of one\" AES \"phrase of one\"\n"
		"createUser reader SHA-256 \"phrase of one\" AES \"phrase of two\"\n"
		/* as in docs/acting.md */
		"group ward usm ward\n"
		"view wards-see included .1.3.6.1.2.1.2.2.1\n"
		"view wards-see included .1.3.6.1.2.1.31.1.1.1.1\n"
		"view wards-see included .1.3.6.1.2.1.17\n"
		"view wards-see included .1.0.8802.1.1.2.1\n"
		"view wards-set included .1.3.6.1.2.1.2.2.1.7\n"
		"view wards-set included .1.3.6.1.2.1.17.7.1.4.5.1.1\n"
		"access ward \"\" usm priv exact wards-see wards-set none\n"
		"rwuser old priv\nrouser reader priv\n"
		"pass .1.3.6.1.2.1.17 /bin/sh %s/bridge rows\n"
		"pass .1.0.8802.1.1.2.1 /bin/sh %s/bridge lldp\n",
		l->folder, l->folder);
	put(l, "snmpd.conf", 0600, text);
	/* `lie` takes what is set and drops it */
	(void)snprintf(text, sizeof(text),
		"cd %s\nrows=$1\nshift\ncase $1 in\n"
		"-g) awk -v o=$2 '$1 == o { print $1; print $2; print $3 }' $rows ;;\n"
		"-n) awk -v o=$2 'was == o || index($1, o \".\") == 1 { print $1; print $2; print "
		"$3; exit } { was = $1 }' $rows ;;\n"
		"-s) [ $2$3 = .1.3.6.1.2.1.17.7.1.4.5.1.1.105gauge ] || { echo not-writable; exit; "
		"}\n"
		"[ -f lie ] || sed -i \"s/^\\\\($2 gauge\\\\).*/\\\\1 $4/\" rows ;;\nesac\n",
		l->folder);
	put(l, "bridge", 0600, text);
	put_tables(l);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%d\n", PORT);
	put(l, "url", 0600, text);
	put(l, "two", 0600, "phrase of one\tphrase of two\n");
	put(l, "one", 0600, "phrase of one\n");
	put(l, "wrong", 0600, "phrase of none\tphrase of two\n");
}

/* Is its socket there? Asked without one of ours in its place, which it would find taken. */
static bool listens(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char byte = 0;

	assert_int_equal(connect(s, (const void *)&at, sizeof(at)), 0);
	/* on loopback the refusal of the first is there with the second */
	bool refused = send(s, &byte, 1, 0) != 1 || send(s, &byte, 1, 0) != 1;

	close(s);
	return !refused;
}

static void serve(struct lab *l)
{
	char config[2 * TEXT], kept[2 * TEXT], at[64];

	(void)snprintf(config, sizeof(config), "%s/snmpd.conf", l->folder);
	(void)snprintf(kept, sizeof(kept), "%s/kept", l->folder);
	(void)snprintf(at, sizeof(at), "udp:127.0.0.1:%d", PORT);
	l->agent = fork();
	if (l->agent == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout) ||
			setenv("SNMP_PERSISTENT_DIR", kept, 1) != 0 || setenv("MIBS", "", 1) != 0)
			_exit(126);
		(void)execl(SNMPD, SNMPD, "-f", "-Lo", "-C", "-r", "-c", config, at, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < PATIENCE_MS / 10 && !listens(); i++)
		(void)poll(NULL, 0, 10);
	assert_true(listens());
}

static void stop(struct lab *l)
{
	assert_int_equal(kill(l->agent, SIGTERM), 0);
	assert_int_equal(waitpid(l->agent, NULL, 0), l->agent);
	l->agent = 0;
}

static void request(int link, uint8_t n, const char *body)
{
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	ward_letter_put(&w, &(struct ward_letter){
				    .id = {{n}}, .until = WARD_NS_NEVER, .body = ward_str_z(body)});
	assert_int_equal(ward_msg_send(link, WARD_MSG_SEND, 0, ward_wr_slice(&w)), WARD_OK);
}

static struct ward_msg next(struct live_process *hand, int link)
{
	struct pollfd p = {.fd = link, .events = POLLIN};
	struct ward_msg m;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("it says nothing");
	live_check(hand);
	assert_int_equal(ward_msg_recv(link, buf, &m), WARD_OK);
	return m;
}

static void start(struct lab *l, const char *user, const char *security, const char *secret)
{
	(void)snprintf(l->url, sizeof(l->url), "url=%s/url", l->folder);
	(void)snprintf(l->secret, sizeof(l->secret), "secret_file=%s/%s", l->folder, secret);
	(void)snprintf(l->user, sizeof(l->user), "user=%s", user);
	l->hand = (struct live_process){.name = "snmpset",
		.arg = {l->url, l->secret, l->user, security, "uplinks=Gi1/0/48\tup48"},
		.fd = {{"act", l->link[1]}}};
	live_start(&l->hand);
	/* what a former life had in hand may have been done */
	assert_int_equal(next(&l->hand, l->link[0]).type, WARD_MSG_AGAIN);
}

static void restart(struct lab *l, const char *user, const char *security, const char *secret)
{
	(void)live_end(&l->hand, SIGTERM);
	start(l, user, security, secret);
}

/* It takes some seconds to give up; the other tests are done meanwhile. */
static void ask_nobody(struct lab *l)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "127.0.0.1:%d\n", PORT + 1);
	put(l, "nobody", 0600, text);
	(void)snprintf(l->nobody, sizeof(l->nobody), "url=%s/nobody", l->folder);
	live_pair(l->lost_link);
	l->lost = (struct live_process){.name = "snmpset",
		.arg = {l->nobody, l->secret, l->user, "security=sha256-aes"},
		.fd = {{"act", l->lost_link[1]}}};
	live_start(&l->lost);
	assert_int_equal(next(&l->lost, l->lost_link[0]).type, WARD_MSG_AGAIN);
	request(l->lost_link[0], 1, "{\"port\":\"gi7\",\"run\":\"shutdown\",\"from\":\"up\"}");
}

static int setup(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	make(l);
	live_pair(l->link);
	serve(l);
	start(l, "ward", "security=sha256-aes", "two");
	ask_nobody(l);
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	struct lab *l = *state;

	(void)live_end(&l->hand, SIGTERM);
	(void)live_end(&l->lost, SIGTERM);
	if (l->agent)
		stop(l);
	close(l->lost_link[0]);
	close(l->lost_link[1]);
	close(l->link[0]);
	close(l->link[1]);
	live_remove(l->folder);
	free(l);
	return 0;
}

static void is_said(struct ward_msg m, uint8_t n, enum ward_sent what, const char *why)
{
	struct ward_outcome o;
	struct ward_id id;

	assert_int_equal(m.type, WARD_MSG_SENT);
	assert_int_equal(ward_outcome_get(&m.body, &id, &o), WARD_OK);
	assert_int_equal(id.b[0], n);
	if (o.what != what || !strstr(o.why, why))
		fail_msg("%d: %s, not %s", (int)o.what, o.why, why);
}

static void hear(struct lab *l, const char *body, enum ward_sent what, const char *why)
{
	request(l->link[0], ++l->n, body);
	is_said(next(&l->hand, l->link[0]), l->n, what, why);
}

static void ask(struct lab *l, const char *port, const char *run, const char *from,
	enum ward_sent what, const char *why)
{
	char body[TEXT];
	bool undo = strcmp(run, "up") == 0 || strcmp(run, "vlan 20") == 0;

	(void)snprintf(body, sizeof(body),
		"{\"undo\":%s,\"port\":\"%s\",\"run\":\"%s\",\"from\":\"%s\"}",
		undo ? "true" : "false", port, run, from);
	hear(l, body, what, why);
}

static bool is_up(const char *name)
{
	struct ifreq r = {.ifr_flags = 0};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	assert_int_equal(ioctl(s, SIOCGIFFLAGS, &r), 0);
	close(s);
	return r.ifr_flags & IFF_UP;
}

static void t_shut(void **state)
{
	struct lab *l = *state;
	char port[32];

	/* another one than is meant hangs there */
	hear(l,
		"{\"port\":\"gi7\",\"run\":\"shutdown\",\"from\":\"up\",\"macs\":[\"02:00:00:00:00:"
		"09\"]}",
		WARD_SENT_REFUSED, "another device is behind this port");
	assert_true(is_up("gi7"));
	hear(l,
		"{\"port\":\"gi7\",\"run\":\"shutdown\",\"from\":\"up\","
		"\"macs\":[\"02:00:00:00:00:09\",\"02:00:00:00:00:01\"]}",
		WARD_SENT_DELIVERED, "");
	assert_false(is_up("gi7"));
	assert_true(is_up("gi8") && is_up("up48"));
	ask(l, "gi7", "shutdown", "up", WARD_SENT_DELIVERED, "it was so before");
	ask(l, "gi7", "up", "shutdown", WARD_SENT_DELIVERED, "");
	assert_true(is_up("gi7"));
	ask(l, "gi7", "up", "shutdown", WARD_SENT_DELIVERED, "it was so before");
	(void)snprintf(port, sizeof(port), "ifIndex %u", if_nametoindex("gi8"));
	ask(l, port, "shutdown", "up", WARD_SENT_DELIVERED, "");
	assert_false(is_up("gi8"));
	ask(l, port, "up", "shutdown", WARD_SENT_DELIVERED, "");
}

static void t_vlan(void **state)
{
	struct lab *l = *state;

	ask(l, "gi7", "vlan 999", "vlan 20", WARD_SENT_DELIVERED, "");
	ask(l, "gi7", "vlan 999", "vlan 20", WARD_SENT_DELIVERED, "it was so before");
	ask(l, "gi7", "vlan 30", "vlan 20", WARD_SENT_REFUSED, "somebody else has set it");
	ask(l, "gi7", "vlan 20", "vlan 999", WARD_SENT_DELIVERED, "");
	ask(l, "gi8", "vlan 999", "vlan 20", WARD_SENT_REFUSED, "no VLAN for this port");
	put(l, "lie", 0600, "");
	ask(l, "gi7", "vlan 999", "vlan 20", WARD_SENT_FAILED, "dot1qPvid is 20");
	assert_true(is_up("gi7"));
}

static void find(struct lab *l, const char *macs, enum ward_sent what, const char *why)
{
	char body[TEXT];

	(void)snprintf(body, sizeof(body), "{\"kind\":\"find-port\",\"macs\":[%s]}", macs);
	hear(l, body, what, why);
}

/* Where something hangs: at a port of its own, or not. Nothing is set. */
static void t_find(void **state)
{
	struct lab *l = *state;

	find(l, "\"02:00:00:00:00:01\"", WARD_SENT_DELIVERED, "1 02:00:00:00:00:01 gi7");
	find(l, "\"02:00:00:00:00:09\",\"02:00:00:00:00:01\"", WARD_SENT_DELIVERED,
		"1 02:00:00:00:00:01 gi7");
	find(l, "\"02:00:00:00:02:02\"", WARD_SENT_DELIVERED,
		"3 02:00:00:00:02:02 02:00:00:00:02:04 02:00:00:00:02:05 gi11");
	find(l, "\"02:00:00:00:02:05\"", WARD_SENT_DELIVERED,
		"3 02:00:00:00:02:02 02:00:00:00:02:04 02:00:00:00:02:05 gi11");
	find(l, "\"02:00:00:00:00:09\"", WARD_SENT_REFUSED, "it is not seen");
	find(l, "\"02:00:00:00:01:02\"", WARD_SENT_REFUSED, "gi9, behind which are more than four");
	find(l, "\"02:00:00:00:02:01\"", WARD_SENT_REFUSED, "gi10, behind which a neighbour");
	find(l, "\"02:00:00:00:02:03\"", WARD_SENT_REFUSED, "up48, one of `uplinks`");
	find(l, "\"02:00:00:00:02:06\"", WARD_SENT_REFUSED, "it is not seen"); /* forgotten */
	request(l->link[0], ++l->n, "{\"kind\":\"find-port\",\"macs\":[\"02:00:00:00:02:04\"]}");
	struct ward_msg m = next(&l->hand, l->link[0]);
	struct ward_outcome o;
	struct ward_id id;

	assert_int_equal(ward_outcome_get(&m.body, &id, &o), WARD_OK);
	assert_true(o.what == WARD_SENT_DELIVERED && !o.why[0]); /* at gi11 and gi12 */
	find(l, "", WARD_SENT_REFUSED, "sets nothing");
	find(l, "1", WARD_SENT_REFUSED, "sets nothing");
	assert_true(is_up("gi7") && is_up("gi9") && is_up("gi11"));
}

/* As it was approved: who was there. */
static void sought(struct lab *l, const char *port, const char *mac, const char *behind,
	enum ward_sent what, const char *why)
{
	char body[TEXT];

	(void)snprintf(body, sizeof(body),
		"{\"port\":\"%s\",\"run\":\"shutdown\",\"from\":\"up\",\"macs\":[\"%s\"],"
		"\"behind\":\"%s\"}",
		port, mac, behind);
	hear(l, body, what, why);
}

/* Between proposal and approval much can happen at a port that was looked for. */
static void t_since(void **state)
{
	struct lab *l = *state;

	sought(l, "gi7", "02:00:00:00:02:02", "02:00:00:00:02:02", WARD_SENT_REFUSED,
		"not behind this port any more");
	sought(l, "gi12", "02:00:00:00:02:06", "02:00:00:00:02:06", WARD_SENT_REFUSED,
		"not behind this port any more");
	sought(l, "gi8", "02:00:00:00:02:02", "02:00:00:00:02:02", WARD_SENT_REFUSED,
		"not behind this port any more");
	sought(l, "gi11", "02:00:00:00:02:02", "02:00:00:00:02:02 02:00:00:00:02:04",
		WARD_SENT_REFUSED, "not there when it was approved");
	sought(l, "gi10", "02:00:00:00:02:01", "02:00:00:00:02:01", WARD_SENT_REFUSED,
		"passes things on (LLDP)");
	sought(l, "gi7", "02:00:00:00:00:01", "junk", WARD_SENT_REFUSED, "sets nothing");
	assert_true(
		is_up("gi7") && is_up("gi8") && is_up("gi10") && is_up("gi11") && is_up("gi12"));
	/* which port of its own a neighbour is behind is not known */
	put(l, "lldp", 0600, LLDP_NAMES LLDP_NEIGHBOURS);
	find(l, "\"02:00:00:00:00:01\"", WARD_SENT_REFUSED, "gi7, behind which a neighbour");
	sought(l, "gi7", "02:00:00:00:00:01", "02:00:00:00:00:01", WARD_SENT_REFUSED, "(LLDP)");
	/* a neighbour that does not say what it does, behind gi7 alone */
	put(l, "lldp", 0600, LLDP_NAMES LLDP_GI7 LLDP_CHASSIS LLDP_NEIGHBOURS);
	find(l, "\"02:00:00:00:00:01\"", WARD_SENT_REFUSED, "gi7, behind which a neighbour");
	sought(l, "gi7", "02:00:00:00:00:01", "02:00:00:00:00:01", WARD_SENT_REFUSED, "(LLDP)");
	find(l, "\"02:00:00:00:02:02\"", WARD_SENT_DELIVERED, "gi11");
	put_tables(l);
	sought(l, "gi7", "02:00:00:00:00:01", "02:00:00:00:00:01", WARD_SENT_DELIVERED, "");
	assert_false(is_up("gi7"));
	ask(l, "gi7", "up", "shutdown", WARD_SENT_DELIVERED, "");
	/* a table of which nothing can be read */
	put(l, "rows", 0600, "");
	find(l, "\"02:00:00:00:00:01\"", WARD_SENT_FAILED, "empty, or not to be read");
	put_tables(l);
}

/* What is no port, or none that may be touched; what is no request. */
static void t_refused(void **state)
{
	struct lab *l = *state;
	static const uint8_t junk[40] = {1, 2, 3};
	char port[32];

	for (int t = 1; t < WARD_MSG_N; t++)
		if (t != WARD_MSG_SEND)
			assert_int_equal(ward_msg_send(l->link[0], (enum ward_msg_type)t, 0,
						 ward_slice_of(junk, sizeof(junk))),
				WARD_OK);
	(void)snprintf(port, sizeof(port), "ifIndex %u", if_nametoindex("up48"));
	ask(l, port, "shutdown", "up", WARD_SENT_REFUSED, "one of `uplinks`");
	ask(l, "up48", "shutdown", "up", WARD_SENT_REFUSED, "one of `uplinks`");
	assert_true(is_up("up48"));
	ask(l, "gi9", "shutdown", "up", WARD_SENT_REFUSED, "more than four devices");
	ask(l, "gi9", "vlan 999", "vlan 20", WARD_SENT_REFUSED, "more than four devices");
	assert_true(is_up("gi9"));
	ask(l, "gi9", "vlan 20", "vlan 999", WARD_SENT_DELIVERED, "it was so before");
	ask(l, "gi", "shutdown", "up", WARD_SENT_REFUSED, "none of its ports");
	ask(l, "ifIndex 4711", "shutdown", "up", WARD_SENT_REFUSED, "no ifAdminStatus");
	ask(l, "gi7", "shutdown", "vlan 1", WARD_SENT_REFUSED, "sets nothing");
	hear(l, "junk", WARD_SENT_REFUSED, "sets nothing");
	assert_true(is_up("gi7"));
}

static void t_users(void **state)
{
	struct lab *l = *state;

	restart(l, "reader", "security=sha256-aes", "two");
	ask(l, "gi7", "shutdown", "up", WARD_SENT_REFUSED, "it would not: noAccess");
	restart(l, "ward", "security=sha256-aes", "wrong");
	ask(l, "gi7", "shutdown", "up", WARD_SENT_REFUSED, "does not take the pass phrase");
	/* what can't be read has it, or not */
	find(l, "\"02:00:00:00:00:01\"", WARD_SENT_FAILED, "does not take the pass phrase");
	restart(l, "nobody", "security=sha256-aes", "two");
	ask(l, "gi7", "shutdown", "up", WARD_SENT_REFUSED, "does not know this user");
	assert_true(is_up("gi7"));
	restart(l, "old", "security=sha-aes", "one");
	ask(l, "gi7", "shutdown", "up", WARD_SENT_DELIVERED, "");
	stop(l);
	serve(l); /* another life of the agent, whose clock begins anew */
	ask(l, "gi7", "up", "shutdown", WARD_SENT_DELIVERED, "");
	assert_true(is_up("gi7"));
}

static void t_silent(void **state)
{
	struct lab *l = *state;

	is_said(next(&l->lost, l->lost_link[0]), 1, WARD_SENT_FAILED, "no answer in time");
}

/* A network of our own, of whose interfaces we are the master. */
static bool enter(void)
{
	char map[64];
	bool root = getuid() == 0;

	(void)snprintf(map, sizeof(map), "0 %u 1", (unsigned)getuid());
	if (unshare(root ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER) != 0)
		return false;
	FILE *f = root ? NULL : fopen("/proc/self/uid_map", "w");

	if (!root && (!f || fputs(map, f) < 0 || fclose(f) != 0))
		return false;
	return runs("ip link set lo up\nfor i in gi7 gi8 gi9 gi10 gi11 gi12 up48; do ip link add "
		    "$i type veth "
		    "peer name "
		    "p$i; ip link set $i up; ip link set p$i up; done");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_find), cmocka_unit_test(t_since),
		cmocka_unit_test(t_shut), cmocka_unit_test(t_vlan), cmocka_unit_test(t_refused),
		cmocka_unit_test(t_users), cmocka_unit_test(t_silent)};

	if (access(SNMPD, X_OK) != 0 || !enter()) {
		puts("skipped: no " SNMPD " (snmpd), or no network of one's own to have");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, setup, teardown);
}

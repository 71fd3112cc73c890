/* The real process play in its cage, in networks of this test's own, killed at each turn: what it
 * sent it says no second time, whoever else does not answer, and what it did not send it says.
 * What was heard of a tool comes as far apart as it was heard, and beside the story. */
#include "base/wr.h"
#include "live.h"
#include "run/netns.h"
#include "run/play_clock.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SKIP = 77, PATIENCE_MS = 60000, QUIET_MS = 1000, TEXT = 512, LOG = 1 << 16, OURS = 0x88b5 };

#define HEAD                                                                       \
	"id: kept\n"                                                               \
	"title: Killed at each turn\n"                                             \
	"story: A door, and a chiller.\n"                                          \
	"hospital: amsterdam\n"                                                    \
	"synthetic: true\n"                                                        \
	"start: 2026-03-18T03:05:00+01:00\n"                                       \
	"expect: {incidents: 0}\n"                                                 \
	"actors:\n"                                                                \
	"  - {id: box, network: net-bms, ip: 10.240.0.199, mac: \"02:77:19:c3:5a:" \
	"3f\"}\n"
#define LATER "  - {at: 2h, truth: {}}\n" /* so that the play does not end */
#define DOOR(at, class) \
	"  - {at: " at  \
	", syslog: {source: deuren, host: dc-e0, class: " class ", fields: {door: E0-D01}}}\n"

static const char writing[] =
	HEAD "controllers:\n"
	     "  - source: koelcentrale\n"
	     "    at: \"127.0.0.1:47809\"\n"
	     "    for: [koelmachine-1]\n"
	     "    values: {km-1: {begins: 1}}\n"
	     "steps:\n"
	     "  - at: 0s\n"
	     "    bacnet: {from: box, to: koelmachine-1, service: "
	     "write-property, object: \"binary-value:1\",\n"
	     "      property: present-value, value: {enumerated: 0}, "
	     "priority: 8, reply: ack}\n" DOOR("100ms", "door.opened") DOOR("200ms", "door.closed")
		     DOOR("1h", "door.held") LATER;

static const char heard[] =
	HEAD "steps:\n"
	     "  - {at: 0s, tool: {from: box, run: nmap, with: [\"-n\", 10.240.0.1], capture: "
	     "a.pcap}}\n" DOOR("100ms", "door.opened") DOOR("1h", "door.held") LATER;

/* One frame alone is heard, and writes to the controller. */
static const char heard_writing[] =
	HEAD "controllers:\n"
	     "  - source: koelcentrale\n"
	     "    at: \"127.0.0.1:47809\"\n"
	     "    for: [koelmachine-1]\n"
	     "    values: {km-1: {begins: 1}}\n"
	     "steps:\n"
	     "  - {at: 0s, tool: {from: box, run: nmap, with: [\"-n\", 10.240.0.29], capture: "
	     "w.pcap}}\n" DOOR("100ms",
		     "door.opened") "  - at: 1h\n"
				    "    bacnet: {from: box, to: koelmachine-1, service: "
				    "write-property, object: \"binary-value:1\",\n"
				    "      property: present-value, value: {enumerated: 0}, "
				    "priority: 8, reply: ack}\n" LATER;

struct house {
	char folder[64], hospital[TEXT], content[TEXT], scenario[TEXT], begin[TEXT];
	ward_ns begins;
	int log, position, clock, doors, controller, wire;
	struct live_process play;
};

static int bound(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)) == 0);
	return fd;
}

/* What comes out of the play's network. */
static int listen_at(const char *iface)
{
	struct sockaddr_ll a = {.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(iface)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	assert_true(fd >= 0 && a.sll_ifindex && bind(fd, (void *)&a, sizeof(a)) == 0);
	return fd;
}

static void put(const struct house *h, const char *name, const void *bytes, size_t len)
{
	char path[TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", h->folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0 && write(fd, bytes, len) == (ssize_t)len && close(fd) == 0);
}

static void put_head(struct ward_wr *w)
{
	ward_wr_le32(w, 0xa1b2c3d4);
	ward_wr_le16(w, 2);
	ward_wr_le16(w, 4);
	for (int i = 0; i < 2; i++)
		ward_wr_le32(w, 0);
	ward_wr_le32(w, 65535);
	ward_wr_le32(w, 1);
}

/* Three frames, the second a minute behind the first: draft-ietf-opsawg-pcap. */
static void put_capture(const struct house *h)
{
	static const uint32_t at_ms[] = {0, 60000, 60200};
	uint8_t bytes[1024];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	put_head(&w);
	for (size_t i = 0; i < WARD_ARRAY_LEN(at_ms); i++) {
		ward_wr_le32(&w, at_ms[i] / 1000);
		ward_wr_le32(&w, at_ms[i] % 1000 * 1000);
		ward_wr_le32(&w, 60);
		ward_wr_le32(&w, 60);
		for (size_t k = 0; k < 12; k++)
			ward_wr_u8(&w, 2);
		ward_wr_be16(&w, OURS);
		for (size_t k = 14; k < 60; k++)
			ward_wr_u8(&w, (uint8_t)i);
	}
	assert_false(ward_wr_bad(&w));
	put(h, "kept/stage/a.pcap", bytes, w.len);
}

/* WriteProperty of koelmachine-1's binary-value 1 (ASHRAE 135, 20.1.2, 15.9 and annex J). */
static const uint8_t request[] = {0x81, 0x0a, 0, 23, 1, 4, 0, 5, 1, 15, 0x0c, 0x01, 0x40, 0, 1,
	0x19, 85, 0x3e, 0x91, 0, 0x3f, 0x49, 8};

static void put_write(const struct house *h)
{
	uint8_t bytes[1024];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	const size_t len = sizeof(request), all = 14 + 20 + 8 + len;

	put_head(&w);
	for (int i = 0; i < 2; i++)
		ward_wr_le32(&w, 0);
	for (int i = 0; i < 2; i++)
		ward_wr_le32(&w, (uint32_t)all);
	for (size_t k = 0; k < 12; k++)
		ward_wr_u8(&w, 2);
	ward_wr_be16(&w, ETH_P_IP);
	ward_wr_be16(&w, 0x4500);
	ward_wr_be16(&w, (uint16_t)(all - 14));
	ward_wr_be32(&w, 0);
	ward_wr_be16(&w, 64 << 8 | IPPROTO_UDP);
	ward_wr_be16(&w, 0);
	ward_wr_be32(&w, 0x0af000c7); /* 10.240.0.199 */
	ward_wr_be32(&w, 0x0af0001d); /* 10.240.0.29 */
	ward_wr_be16(&w, 47808);
	ward_wr_be16(&w, 47808);
	ward_wr_be16(&w, (uint16_t)(8 + len));
	ward_wr_be16(&w, 0);
	ward_wr_bytes(&w, request, len);
	assert_false(ward_wr_bad(&w));
	put(h, "kept/stage/w.pcap", bytes, w.len);
}

static struct house *build(const char *text)
{
	struct house *h = calloc(1, sizeof(*h));
	const char *root = getenv("WARD_SOURCE_ROOT");
	char path[TEXT];

	assert_true(h && root);
	live_folder(h->folder, sizeof(h->folder));
	(void)snprintf(path, sizeof(path), "%s/kept", h->folder);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/kept/stage", h->folder);
	assert_int_equal(mkdir(path, 0755), 0);
	put(h, "kept/scenario.yml", text, strlen(text));
	put_capture(h);
	put_write(h);
	put(h, "log", "", 0);
	(void)snprintf(path, sizeof(path), "%s/log", h->folder);
	h->log = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	h->position = memfd_create("position", MFD_CLOEXEC);
	h->clock = memfd_create("clock", MFD_CLOEXEC);
	assert_true(h->log >= 0 && h->position >= 0 && h->clock >= 0);
	h->doors = bound(5514);
	h->controller = bound(47809);
	h->wire = listen_at("near");
	h->begins = ward_clock_mono(ward_clock_system());
	(void)snprintf(h->hospital, sizeof(h->hospital), "hospital=%s/pilots/amsterdam", root);
	(void)snprintf(h->content, sizeof(h->content), "content=%s/content", root);
	(void)snprintf(h->scenario, sizeof(h->scenario), "scenario=%s/kept", h->folder);
	(void)snprintf(h->begin, sizeof(h->begin), "begin=%lld", (long long)h->begins);
	h->play = (struct live_process){.name = "play",
		.arg = {h->hospital, h->content, h->scenario, h->begin, "wire=gbs-net:far"},
		.fd = {{"log", h->log}, {"position", h->position}, {"clock", h->clock}}};
	live_start(&h->play);
	return h;
}

static int setup_writing(void **state)
{
	*state = build(writing);
	return 0;
}

static int setup_heard(void **state)
{
	*state = build(heard);
	return 0;
}

static int setup_heard_writing(void **state)
{
	*state = build(heard_writing);
	return 0;
}

static int teardown(void **state)
{
	struct house *h = *state;
	const int fd[] = {h->log, h->position, h->clock, h->doors, h->controller, h->wire};

	if (h->play.pid)
		(void)live_end(&h->play, SIGTERM);
	for (size_t i = 0; i < WARD_ARRAY_LEN(fd); i++)
		close(fd[i]);
	live_remove(h->folder);
	free(h);
	return 0;
}

/* What comes next, NUL behind it; 0: nothing within that time. */
static size_t next_of(struct house *h, int fd, int ms, char ret[2048])
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	for (int waited = 0; poll(&p, 1, ms < 100 ? ms : 100) != 1; waited += 100) {
		live_check(&h->play);
		if (waited >= ms)
			return 0;
	}
	ssize_t n = recv(fd, ret, 2047, 0);

	assert_true(n > 0);
	ret[n] = 0;
	return (size_t)n;
}

static void door(struct house *h, const char *what)
{
	char text[2048];

	assert_true(next_of(h, h->doors, PATIENCE_MS, text));
	assert_non_null(strstr(text, what));
}

/* Frames of the wire since the last time that were sent into it. */
static size_t n_frames(struct house *h)
{
	char frame[2048];
	size_t n = 0;

	while (next_of(h, h->wire, 0, frame))
		n++;
	return n;
}

static size_t n_steps(const struct house *h, off_t *ret_last)
{
	static char text[LOG];
	ssize_t n = pread(h->log, text, sizeof(text) - 1, 0);
	size_t steps = 0;

	assert_true(n >= 0);
	text[n] = 0;
	for (char *at = text; (at = strstr(at, "\"what\":\"step\"")) != NULL; at++) {
		steps++;
		for (*ret_last = at - text; *ret_last && text[*ret_last - 1] != '\n'; --*ret_last)
			;
	}
	return steps;
}

static void until_steps(struct house *h, size_t n)
{
	off_t last;

	for (int waited = 0; n_steps(h, &last) < n; waited += 20) {
		live_check(&h->play);
		assert_true(waited < PATIENCE_MS);
		(void)poll(NULL, 0, 20);
	}
}

static void live_again(struct house *h)
{
	assert_true(WIFSIGNALED(live_end(&h->play, SIGKILL)));
	live_start(&h->play);
}

static void in_an_hour(struct house *h)
{
	assert_true(ward_play_clock_set(h->clock, h->begins, ward_clock_mono(ward_clock_system()),
		3600 * WARD_NS_PER_S, false));
}

/* The controller stands still: its write is said again, and nothing beside it. */
static void test_write_waits(void **state)
{
	struct house *h = *state;
	char text[2048];

	door(h, "door.opened");
	door(h, "door.closed");
	until_steps(h, 3);
	assert_true(next_of(h, h->controller, PATIENCE_MS, text));
	assert_true(WIFSIGNALED(live_end(&h->play, SIGKILL)));
	while (poll(&(struct pollfd){.fd = h->controller, .events = POLLIN}, 1, 0) == 1)
		assert_true(recv(h->controller, text, sizeof(text), 0) > 0);
	live_start(&h->play);
	assert_true(next_of(h, h->controller, PATIENCE_MS, text));
	in_an_hour(h);
	door(h, "door.held");
	assert_int_equal(n_frames(h), 2); /* the write and its answer */
	until_steps(h, 4);
	assert_false(next_of(h, h->doors, 0, text));
}

/* It was sent, and its line in the log was not written: it is, and it is sent no more. */
static void test_before_its_line(void **state)
{
	struct house *h = *state;
	off_t last = 0;

	door(h, "door.opened");
	door(h, "door.closed");
	until_steps(h, 3);
	assert_true(WIFSIGNALED(live_end(&h->play, SIGKILL)));
	(void)n_steps(h, &last);
	assert_int_equal(ftruncate(h->log, last), 0);
	live_start(&h->play);
	until_steps(h, 3);
	in_an_hour(h);
	door(h, "door.held");
	until_steps(h, 4);
	assert_int_equal(n_frames(h), 2);
}

/* It was in the log, and of its mark nothing: it was not sent. */
static void test_before_it_was_sent(void **state)
{
	static const uint8_t nothing[4096];
	struct house *h = *state;

	door(h, "door.opened");
	door(h, "door.closed");
	until_steps(h, 3);
	assert_true(WIFSIGNALED(live_end(&h->play, SIGKILL)));
	assert_int_equal(n_frames(h), 2);
	assert_int_equal(pwrite(h->position, nothing, sizeof(nothing), 0), sizeof(nothing));
	live_start(&h->play);
	door(h, "door.opened");
	door(h, "door.closed");
	in_an_hour(h);
	door(h, "door.held");
	assert_int_equal(n_frames(h), 2);
}

static void frame(struct house *h, uint8_t which)
{
	char bytes[2048];

	assert_int_equal(next_of(h, h->wire, PATIENCE_MS, bytes), 60);
	assert_int_equal((uint8_t)bytes[12] << 8 | (uint8_t)bytes[13], OURS);
	assert_int_equal(bytes[14], which);
}

static void test_as_it_was_heard(void **state)
{
	struct house *h = *state;
	char bytes[2048];

	frame(h, 0);
	door(h, "door.opened"); /* the story goes on beside it */
	until_steps(h, 2);
	assert_false(next_of(h, h->wire, QUIET_MS, bytes));
	live_again(h); /* the rest comes, and no more than that */
	frame(h, 1);
	frame(h, 2);
	in_an_hour(h);
	door(h, "door.held");
	until_steps(h, 3);
	live_again(h);
	assert_false(next_of(h, h->wire, QUIET_MS, bytes));
	assert_false(next_of(h, h->doors, 0, bytes));
}

/* What is heard all at once writes once: the controller answers, and is asked nothing more. */
static void test_writes_once(void **state)
{
	struct house *h = *state;
	uint8_t ack[] = {0x81, 0x0a, 0, 9, 1, 0, 0x20, 0, 15}; /* SimpleAck */
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char text[2048];

	for (int waited = 0;
		poll(&(struct pollfd){.fd = h->controller, .events = POLLIN}, 1, 100) != 1;
		waited += 100) {
		live_check(&h->play);
		assert_true(waited < PATIENCE_MS);
	}
	assert_true(recvfrom(h->controller, text, sizeof(text), 0, (void *)&from, &len) > 9);
	ack[7] = (uint8_t)text[8];
	assert_int_equal(
		sendto(h->controller, ack, sizeof(ack), 0, (void *)&from, len), sizeof(ack));
	door(h, "door.opened");
	until_steps(h, 2);
	assert_false(next_of(h, h->controller, QUIET_MS, text));
}

int main(void)
{
	char why[WARD_NETNS_WHY];
	uid_t n;
#define T(f, setup) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest all[] = {T(test_write_waits, setup_writing),
		T(test_before_its_line, setup_writing), T(test_before_it_was_sent, setup_writing),
		T(test_as_it_was_heard, setup_heard), T(test_writes_once, setup_heard_writing)};

	if (ward_netns_enter(why, &n) != WARD_OK ||
		ward_netns_pair("near", "far", why) != WARD_OK) {
		(void)printf("skipped: %s\n", why);
		return SKIP;
	}
	return cmocka_run_group_tests(all, NULL, NULL);
}

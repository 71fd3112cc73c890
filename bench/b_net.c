/* The network sensor against tcpdump, which reads the same file and only copies it. Whole programs,
 * turn by turn, by their CPU seconds (user and system). Two files: generated traffic, and the
 * captures of the shared data one after the other, again and again, with time going on. */
#include "bench.h"
#include "files.h"

#include "base/rd.h"
#include "base/wr.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKETS = 500000, FLOWS = 20000, ROUNDS = 7, RECORD_MAX = 2048 };
/* Of real captures: those of at least so many bytes, until the file is so large. */
enum { CAPTURE_MIN = 300000, CAPTURE_MAX = 64 << 20, FILE_MIN = 220 << 20 };
enum { PCAP_HEAD = 24, PCAP_RECORD = 16, ETHERNET = 1 };
/* First words of the file: fractions of seconds are micro- or nanoseconds. */
#define PCAP_MICRO UINT32_C(0xa1b2c3d4)
#define PCAP_NANO UINT32_C(0xa1b23c4d)

/* A capture file that is being written. */
struct out {
	FILE *f;
	struct bench_path path;
	uint64_t n_packet, bytes;
	uint32_t second; /* at which the next part may begin */
};

static uint16_t ip_sum(const uint8_t *b, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(b[i] << 8 | b[i + 1]);
	while (sum >> 16)
		sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)~sum;
}

static void put_ip(struct ward_wr *w, uint8_t proto, size_t len, const uint32_t ip[2])
{
	size_t at = w->len;

	ward_wr_be16(w, 0x4500);
	ward_wr_be16(w, (uint16_t)(20 + len));
	ward_wr_be32(w, 0x4000);
	ward_wr_u8(w, 64);
	ward_wr_u8(w, proto);
	ward_wr_be16(w, 0);
	ward_wr_be32(w, ip[0]);
	ward_wr_be32(w, ip[1]);
	uint16_t sum = ip_sum(w->p + at, 20);

	w->p[at + 10] = (uint8_t)(sum >> 8);
	w->p[at + 11] = (uint8_t)sum;
}

static void put_fill(struct ward_wr *w, size_t len)
{
	uint8_t *p = len ? ward_wr_room(w, len) : NULL;

	if (p)
		memset(p, 0xa5, len);
}

/* BACnet ReadProperty (one packet in 16), other UDP (one in 4) or TCP, between hosts of a /16. */
static void put_packet(struct ward_wr *w, uint64_t *random)
{
	static const uint8_t read_property[] = {0x81, 0x0a, 0x00, 0x11, 0x01, 0x04, 0x00, 0x05,
		0x01, 0x0c, 0x0c, 0x00, 0x00, 0x00, 0x05, 0x19, 0x55};
	uint64_t r = bench_random(random);
	uint32_t flow = (uint32_t)(r % FLOWS), kind = flow % 16;
	uint32_t ip[2] = {0x0a000000 + flow % 1999 + 1, 0x0a010000 + flow % 499 + 1};
	bool back = r >> 40 & 1, udp = kind < 4;
	size_t fill = (size_t)(r >> 48) % 181; /* mean frame: about 145 bytes, as measured ones */
	size_t payload = kind == 0 ? sizeof(read_property) : fill;
	uint16_t port[2] = {(uint16_t)(20000 + flow), kind == 0 ? 47808 : udp ? 53 : 443};

	ward_wr_be32(w, 0x02000000);
	ward_wr_be16(w, (uint16_t)(back ? ip[0] : ip[1]));
	ward_wr_be32(w, 0x02000000);
	ward_wr_be16(w, (uint16_t)(back ? ip[1] : ip[0]));
	ward_wr_be16(w, 0x0800);
	put_ip(w, udp ? 17 : 6, payload + (udp ? 8 : 20), (const uint32_t[]){ip[back], ip[!back]});
	ward_wr_be16(w, port[back]);
	ward_wr_be16(w, port[!back]);
	if (udp) {
		ward_wr_be16(w, (uint16_t)(payload + 8));
		ward_wr_be16(w, 0);
	} else {
		ward_wr_be64(w, r);
		ward_wr_be32(w, 0x50100400);
		ward_wr_be32(w, 0);
	}
	if (kind == 0)
		ward_wr_bytes(w, read_property, sizeof(read_property));
	else
		put_fill(w, fill);
}

static void put(struct out *o, const void *p, size_t len)
{
	if (fwrite(p, 1, len, o->f) != len)
		bench_die("%s: %s", o->path.s, strerror(errno));
}

static void begin(struct out *o, uint32_t magic)
{
	uint8_t head[PCAP_HEAD];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));

	*o = (struct out){.second = 1700000000};
	o->f = fdopen(bench_temporary(&o->path), "wb");
	if (!o->f)
		bench_die("%s: %s", o->path.s, strerror(errno));
	ward_wr_le32(&w, magic);
	ward_wr_le32(&w, 0x00040002);
	ward_wr_le64(&w, 0);
	ward_wr_le32(&w, 65535);
	ward_wr_le32(&w, ETHERNET);
	put(o, head, w.len);
}

static void put_record(struct out *o, uint32_t second, uint32_t fraction, struct ward_slice packet)
{
	uint8_t head[PCAP_RECORD];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));

	ward_wr_le32(&w, second);
	ward_wr_le32(&w, fraction);
	ward_wr_le32(&w, (uint32_t)packet.len);
	ward_wr_le32(&w, (uint32_t)packet.len);
	put(o, head, w.len);
	put(o, packet.p, packet.len);
	o->n_packet++;
	o->bytes += packet.len;
}

static void generate(struct out *o)
{
	static uint8_t packet[RECORD_MAX];
	struct ward_wr w = ward_wr_fixed(packet, sizeof(packet));
	uint64_t random = 1;

	begin(o, PCAP_NANO);
	for (uint32_t i = 0; i < PACKETS; i++) {
		ward_wr_reset(&w);
		put_packet(&w, &random);
		put_record(o, o->second + i / 1000000, i % 1000000 * 1000, ward_wr_slice(&w));
	}
}

/* The packets of one file, if it is a little-endian Ethernet capture with microseconds. */
static void append(struct out *o, const char *path)
{
	struct ward_str s = bench_read(path, CAPTURE_MAX);
	struct ward_rd r = ward_rd_from(s.p, s.len);
	uint32_t first = 0, last = 0, magic = ward_rd_le32(&r);
	bool any = false;

	ward_rd_skip(&r, PCAP_HEAD - 8);
	if (magic != PCAP_MICRO || ward_rd_le32(&r) != ETHERNET)
		ward_rd_skip(&r, SIZE_MAX);
	while (ward_rd_left(&r) > PCAP_RECORD) {
		uint32_t second = ward_rd_le32(&r), fraction = ward_rd_le32(&r);
		uint32_t len = ward_rd_le32(&r);

		ward_rd_skip(&r, 4);
		struct ward_slice packet = ward_rd_bytes(&r, len);

		if (ward_rd_bad(&r))
			break;
		first = any ? first : second;
		any = true;
		/* files whose clock went back stay where they were */
		last = second >= first && second - first > last ? second - first : last;
		put_record(o, o->second + (second >= first ? second - first : 0), fraction, packet);
	}
	o->second += last + 1;
	bench_free(s);
}

static bool collect(struct out *o)
{
	struct bench_path pattern;
	glob_t found;

	if (!bench_shared("pcaps", &pattern))
		return false;
	(void)bench_shared("pcaps/*/*.pcap", &pattern);
	if (glob(pattern.s, 0, NULL, &found) != 0)
		return false;
	begin(o, PCAP_MICRO);
	while (o->bytes < FILE_MIN) {
		uint64_t before = o->bytes;

		for (size_t i = 0; i < found.gl_pathc && o->bytes < FILE_MIN; i++) {
			struct stat st;

			if (stat(found.gl_pathv[i], &st) == 0 && st.st_size >= CAPTURE_MIN)
				append(o, found.gl_pathv[i]);
		}
		if (o->bytes == before)
			bench_die("%s: no capture is fit for this", pattern.s);
	}
	globfree(&found);
	return true;
}

/* Ends the file, measures with it and removes it. */
static void measure(struct out *o, const char *what)
{
	struct bench_path ward = bench_ward();
	const char *tcpdump[] = {"tcpdump", "-n", "-r", o->path.s, "-w", "/dev/null", NULL, NULL};
	const char *stats[] = {ward.s, "sense", "net", "--stats", o->path.s, NULL, NULL};
	const char *json[] = {ward.s, "sense", "net", o->path.s, NULL, NULL};
	const struct {
		const char *output;
		const char **program;
	} ours[] = {{"counters only", stats}, {"events", json}};

	if (fclose(o->f) != 0)
		bench_die("%s: %s", o->path.s, strerror(errno));
	for (size_t i = 0; i < WARD_ARRAY_LEN(ours); i++) {
		char name[80];

		(void)snprintf(name, sizeof(name), "net/%s, %s", what, ours[i].output);
		bench_pair(&(struct bench){name, "packet", o->n_packet, ROUNDS, BENCH_CPU},
			(struct bench_side){
				"ward sense net", bench_programs, ours[i].program, NULL},
			(struct bench_side){"tcpdump -w /dev/null", bench_programs, tcpdump, NULL});
	}
	(void)unlink(o->path.s);
	bench_note("net", "%s: %llu packets of %llu bytes on average", what,
		(unsigned long long)o->n_packet, (unsigned long long)(o->bytes / o->n_packet));
}

int main(void)
{
	struct out o;

	if (!bench_have("tcpdump")) {
		bench_skip("net", "no tcpdump");
		return 0;
	}
	generate(&o);
	measure(&o, "generated");
	if (collect(&o))
		measure(&o, "captures");
	else
		bench_skip("net/captures", "no shared data");
	return 0;
}

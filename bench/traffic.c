#include "traffic.h"

#include "bench.h"

#include "base/rd.h"
#include "base/wr.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	SLOTS = 64,
	CAPTURES = 1024,
	CAPTURE_MAX = 4 << 20,
	STEP_US = 20,
	PCAP_HEAD = 24,
	PCAP_RECORD = 16,
	ETHERNET = 1,
	PACKET_MAX = 65536,
	VLAN_DEPTH = 2,
	ETHER_IP4 = 0x0800,
	ETHER_IP6 = 0x86dd,
	ETHER_VLAN = 0x8100,
};
#define PCAP_MICRO UINT32_C(0xa1b2c3d4)

/* A capture that is being dealt out. */
struct slot {
	struct ward_rd at;
	uint16_t round;
};

static struct ward_rd records(struct ward_str s)
{
	struct ward_rd r = ward_rd_from(s.p, s.len);

	ward_rd_skip(&r, PCAP_HEAD);
	return r;
}

static struct ward_slice next_packet(struct ward_rd *r)
{
	ward_rd_skip(r, 8);
	size_t len = ward_rd_le32(r);

	ward_rd_skip(r, 4);
	return ward_rd_bytes(r, len);
}

/* A little-endian Ethernet capture with microseconds whose packets are large enough. */
static bool fit(struct ward_str s, size_t min_mean)
{
	struct ward_rd r = ward_rd_from(s.p, s.len);
	size_t n = 0, bytes = 0;

	if (ward_rd_le32(&r) != PCAP_MICRO)
		return false;
	ward_rd_skip(&r, PCAP_HEAD - 8);
	if (ward_rd_le32(&r) != ETHERNET)
		return false;
	while (ward_rd_left(&r)) {
		struct ward_slice p = next_packet(&r);

		if (ward_rd_bad(&r) || p.len > PACKET_MAX)
			return false;
		n++;
		bytes += p.len;
	}
	return n && bytes / n >= min_mean;
}

static size_t load(size_t min_mean, struct ward_str *ret)
{
	struct bench_path pattern;
	glob_t found;
	size_t n = 0;

	if (!bench_shared("pcaps", &pattern))
		return 0;
	(void)bench_shared("pcaps/*/*.pcap", &pattern);
	if (glob(pattern.s, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc && n < CAPTURES; i++) {
		struct ward_str s = bench_read(found.gl_pathv[i], CAPTURE_MAX);

		if (fit(s, min_mean))
			ret[n++] = s;
		else
			bench_free(s);
	}
	globfree(&found);
	return n;
}

/* The sum at `at` once a 16-bit word went from `was` to `is` (RFC 1624, equation 3). */
static void mend_sum(uint8_t *at, uint16_t was, uint16_t is)
{
	uint32_t sum = (uint16_t) ~(at[0] << 8 | at[1]);

	sum += (uint16_t)~was;
	sum += is;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	at[0] = (uint8_t)(~sum >> 8);
	at[1] = (uint8_t)~sum;
}

/* Where the transport header keeps its sum, or 0. */
static size_t sum_at(uint8_t proto, const uint8_t *transport, size_t len)
{
	if (proto == 6 && len >= 18)
		return 16;
	if (proto == 17 && len >= 8 && (transport[6] || transport[7]))
		return 6;
	return proto == 58 && len >= 4 ? 2 : 0;
}

/* The 16-bit words of both addresses are XORed with the round's number; `at` is where the transport
 * keeps its sum, 0: nowhere. */
static void turn(uint8_t *ip, const size_t word[2], uint8_t *ip_sum, uint16_t round,
	uint8_t *transport, size_t at)
{
	for (size_t i = 0; i < 2; i++) {
		uint8_t *p = ip + word[i];
		/* at an odd place the bytes are of two words of the sum, the second one's high */
		bool odd = word[i] % 2;
		uint16_t was = (uint16_t)(p[odd] << 8 | p[!odd]), is = was ^ round;

		p[odd] = (uint8_t)(is >> 8);
		p[!odd] = (uint8_t)is;
		if (ip_sum)
			mend_sum(ip_sum, was, is);
		if (at)
			mend_sum(transport + at, was, is);
	}
}

static void change(uint8_t *p, size_t len, uint16_t round)
{
	size_t off = 12;
	unsigned type = 0;

	for (size_t i = 0; i <= VLAN_DEPTH && off + 2 <= len; i++) {
		type = (unsigned)(p[off] << 8 | p[off + 1]);
		off += 2;
		if (type != ETHER_VLAN)
			break;
		off += 2;
	}
	uint8_t *ip = p + off;

	if (type == ETHER_IP4 && len >= off + 20) {
		size_t head = (size_t)(ip[0] & 15) * 4;
		bool first = !(ip[6] & 0x1f) && !ip[7];
		size_t rest = head >= 20 && len > off + head && first ? len - off - head : 0;

		/* the middle of the address, so that private stays private */
		turn(ip, (const size_t[]){13, 17}, ip + 10, round, ip + head,
			rest ? sum_at(ip[9], ip + head, rest) : 0);
	} else if (type == ETHER_IP6 && len >= off + 40) {
		turn(ip, (const size_t[]){12, 28}, NULL, round, ip + 40,
			sum_at(ip[6], ip + 40, len - off - 40));
	}
}

static void put(FILE *f, const struct bench_path *path, const void *p, size_t len)
{
	if (fwrite(p, 1, len, f) != len)
		bench_die("%s: %s", path->s, strerror(errno));
}

static void put_packet(FILE *f, struct bench_traffic *t, struct ward_slice packet, uint16_t round)
{
	static uint8_t copy[PACKET_MAX];
	uint8_t head[PCAP_RECORD];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));
	uint64_t us = t->n_packet * STEP_US;

	memcpy(copy, packet.p, packet.len);
	if (round)
		change(copy, packet.len, round);
	ward_wr_le32(&w, 1700000000 + (uint32_t)(us / 1000000));
	ward_wr_le32(&w, (uint32_t)(us % 1000000));
	ward_wr_le32(&w, (uint32_t)packet.len);
	ward_wr_le32(&w, (uint32_t)packet.len);
	put(f, &t->path, head, w.len);
	put(f, &t->path, copy, packet.len);
	t->n_packet++;
	t->bytes += packet.len;
}

static FILE *begin(struct bench_traffic *t)
{
	uint8_t head[PCAP_HEAD];
	struct ward_wr w = ward_wr_fixed(head, sizeof(head));
	FILE *f = fdopen(bench_temporary(&t->path), "wb");

	if (!f)
		bench_die("%s: %s", t->path.s, strerror(errno));
	ward_wr_le32(&w, PCAP_MICRO);
	ward_wr_le32(&w, 0x00040002);
	ward_wr_le64(&w, 0);
	ward_wr_le32(&w, 262144);
	ward_wr_le32(&w, ETHERNET);
	put(f, &t->path, head, w.len);
	return f;
}

bool bench_traffic_make(uint64_t n_packet, size_t min_mean, struct bench_traffic *ret)
{
	static struct ward_str source[CAPTURES];
	struct slot slot[SLOTS] = {0};
	size_t n = load(min_mean, source), next = 0;

	*ret = (struct bench_traffic){0};
	if (!n)
		return false;
	FILE *f = begin(ret);

	while (ret->n_packet < n_packet)
		for (size_t i = 0; i < SLOTS; i++) {
			if (!ward_rd_left(&slot[i].at)) {
				slot[i] = (struct slot){
					records(source[next % n]), (uint16_t)(next / n)};
				next++;
			}
			put_packet(f, ret, next_packet(&slot[i].at), slot[i].round);
		}
	if (fclose(f) != 0)
		bench_die("%s: %s", ret->path.s, strerror(errno));
	for (size_t i = 0; i < n; i++)
		bench_free(source[i]);
	return true;
}

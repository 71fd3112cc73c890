/* The network sensor against tcpdump, which only copies: the same generated file, the same run,
 * seconds of CPU (user and system) of the child processes. */
#include "bench.h"

#include "base/wr.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PACKETS = 2000000, FLOWS = 20000, ROUNDS = 5, RECORD_MAX = 2048 };

extern char **environ;

/* splitmix64 (Steele, Lea, Flood 2014): the same file every time. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

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
	uint64_t r = next_random(random);
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

static uint64_t make_file(const char *path)
{
	static uint8_t record[RECORD_MAX];
	FILE *f = fopen(path, "wbe");
	struct ward_wr w = ward_wr_fixed(record, sizeof(record));
	uint64_t random = 1, bytes = 0;

	if (!f) {
		perror(path);
		exit(1);
	}
	ward_wr_le32(&w, 0xa1b23c4d); /* pcap with nanoseconds */
	ward_wr_le32(&w, 0x00040002);
	ward_wr_le64(&w, 0);
	ward_wr_le32(&w, 65535);
	ward_wr_le32(&w, 1);
	(void)fwrite(record, 1, w.len, f);
	for (uint64_t i = 0; i < PACKETS; i++) {
		ward_wr_reset(&w);
		(void)ward_wr_room(&w, 16);
		put_packet(&w, &random);
		struct ward_wr head = ward_wr_fixed(record, 16);

		ward_wr_le32(&head, (uint32_t)(1700000000 + i / 1000000));
		ward_wr_le32(&head, (uint32_t)(i % 1000000 * 1000));
		ward_wr_le32(&head, (uint32_t)(w.len - 16));
		ward_wr_le32(&head, (uint32_t)(w.len - 16));
		bytes += w.len - 16;
		(void)fwrite(record, 1, w.len, f);
	}
	if (fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	return bytes;
}

/* CPU seconds of one run with its output thrown away; negative when it could not run. */
static double cpu_of(char *const argv[])
{
	posix_spawn_file_actions_t to;
	struct rusage use;
	int status = 0;
	pid_t pid;

	posix_spawn_file_actions_init(&to);
	posix_spawn_file_actions_addopen(&to, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&to, 2, "/dev/null", O_WRONLY, 0);
	int err = posix_spawnp(&pid, argv[0], &to, NULL, argv, environ);

	posix_spawn_file_actions_destroy(&to);
	if (err || wait4(pid, &status, 0, &use) != pid || status != 0)
		return -1;
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/ward-bench-net.XXXXXX", self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 16);
	int fd = mkstemp(path);

	if (fd < 0 || n <= 0)
		return 1;
	(void)close(fd);
	self[n] = 0;
	char *slash = strrchr(self, '/'); /* build/bench/b_net: the program is build/ward */

	if (!slash)
		return 1;
	memcpy(slash, "/../ward", 9);
	char *ward = argc > 1 ? argv[1] : self;
	char *const commands[][8] = {
		{"tcpdump", "-n", "-r", path, "-w", "/dev/null", NULL},
		{ward, "sense", "net", "--stats", path, NULL},
		{ward, "sense", "net", path, NULL},
	};
	static const char *const names[] = {
		"net/tcpdump_copy", "net/sense_stats", "net/sense_json"};
	double cpu[3][ROUNDS];
	uint64_t bytes = make_file(path);

	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t c = 0; c < 3; c++)
			cpu[c][round] = cpu_of(commands[c]);
	(void)unlink(path);
	for (size_t c = 0; c < 3; c++) {
		qsort(cpu[c], ROUNDS, sizeof(double), cmp);
		double s = cpu[c][ROUNDS / 2];

		printf("{\"name\":\"%s\",\"unit\":\"ns/packet\",\"n\":%d,\"median\":%.1f,"
		       "\"p99\":%.1f,\"mpps\":%.2f,\"gbit_s\":%.2f,\"times_tcpdump\":%.2f}\n",
			names[c], PACKETS, s * 1e9 / PACKETS, cpu[c][ROUNDS - 1] * 1e9 / PACKETS,
			PACKETS / s / 1e6, (double)bytes * 8 / s / 1e9, s / cpu[0][ROUNDS / 2]);
	}
	return 0;
}

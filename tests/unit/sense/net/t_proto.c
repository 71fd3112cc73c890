/* Facts that hold for every dissector, on its fuzz seeds: bytes in other pieces tell the same, also
 * to a whole sensor, which has to find out whose they are, on the dissector's port and elsewhere;
 * and no prefix, no wrong byte breaks the contract that proto_lab checks. usage: t_proto FOLDER (of
 * seeds), for ward_dissect_<DISSECTOR> */
#include "proto_lab.h"
#include "wire_lab.h"

#include "sense/net/proto/dissectors.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEED_MAX = 1 << 16, FLIPPED = 2048, PIECE = 3, WIRE_MOST = 65000 };

static struct proto_lab lab;
static struct wire_lab wire;

static void tell(struct ward_slice seed, bool trusted)
{
	proto_lab_again(&lab, &DISSECTOR);
	proto_lab_unlearn(&lab);
	proto_lab_forget(&lab);
	lab.trusted = trusted;
	proto_lab_records(&lab, seed);
}

/* The same records, but each in pieces of n bytes. Datagrams stay whole. */
static void pieces(struct ward_slice seed, size_t n, struct ward_wr *ret)
{
	struct ward_rd r = ward_rd_from(seed.p, seed.len);

	ward_wr_reset(ret);
	while (ward_rd_left(&r) > PIECE) {
		uint8_t head = ward_rd_u8(&r);
		size_t len = ward_rd_be16(&r);

		if (head & 4) {
			ward_wr_u8(ret, head);
			ward_wr_be16(ret, (uint16_t)len);
			continue;
		}
		len = len < ward_rd_left(&r) ? len : ward_rd_left(&r);
		while (len) {
			size_t part = len < n ? len : n;

			ward_wr_u8(ret, part < len ? head & 1 : head);
			ward_wr_be16(ret, (uint16_t)part);
			for (size_t i = 0; i < part; i++)
				ward_wr_u8(ret, ward_rd_u8(&r));
			len -= part;
		}
	}
	WARD_ASSERT(!ward_wr_bad(ret));
}

static bool same_in_pieces(struct ward_slice seed, const char *name)
{
	struct ward_wr cut = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_wr whole = ward_wr_grow(ward_mem_heap(), 1 << 26);
	static const size_t size[] = {1, 2, 7, 100};
	bool good = true;

	tell(seed, true);
	/* Then how much is passed over depends on what has come. */
	bool depends = lab.resynced;

	ward_wr_str(&whole, ward_wr_text(&lab.out));
	for (size_t i = 0; i < WARD_ARRAY_LEN(size) && good && !depends; i++) {
		pieces(seed, size[i], &cut);
		tell(ward_wr_slice(&cut), true);
		good = ward_str_eq(ward_wr_text(&whole), ward_wr_text(&lab.out));
		if (!good)
			printf("%s: in pieces of %zu:\n%.*s\nas a whole:\n%.*s\n", name, size[i],
				(int)lab.out.len, (const char *)lab.out.p, (int)whole.len,
				(const char *)whole.p);
	}
	ward_wr_fini(&cut);
	ward_wr_fini(&whole);
	return good;
}

/* What the probes choose does not hang on the segments either. What the dissector calls wrong is
 * left out: what is passed over of it hangs on what has come. */
static bool same_on_the_wire(struct ward_slice seed, const char *name)
{
	struct ward_wr whole = ward_wr_grow(ward_mem_heap(), 1 << 26);
	const uint16_t port[] = {DISSECTOR.port[0], 9999};
	static const size_t size[] = {1, 5, 20, 36, 100};
	bool good = true;

	for (size_t p = 0; p < WARD_ARRAY_LEN(port) && good; p++) {
		if (!port[p] || !wire_lab_run(&wire, seed, port[p], WIRE_MOST) ||
			ward_str_find(ward_wr_text(&wire.out), WARD_STR("net.malformed")) !=
				SIZE_MAX)
			continue;
		ward_wr_reset(&whole);
		ward_wr_str(&whole, ward_wr_text(&wire.out));
		for (size_t i = 0; i < WARD_ARRAY_LEN(size) && good; i++) {
			(void)wire_lab_run(&wire, seed, port[p], size[i]);
			good = ward_str_eq(ward_wr_text(&whole), ward_wr_text(&wire.out));
			if (!good)
				printf("%s: to port %u in segments of %zu:\n%.*s\nas a "
				       "whole:\n%.*s\n",
					name, port[p], size[i],
					WARD_STR_ARG(ward_wr_text(&wire.out)),
					WARD_STR_ARG(ward_wr_text(&whole)));
		}
	}
	ward_wr_fini(&whole);
	return good;
}

static void damage(uint8_t *seed, size_t len)
{
	static const uint8_t wrong[] = {0x01, 0x80, 0xff};

	for (size_t i = 0; i < len && i < FLIPPED; i++) {
		tell(ward_slice_of(seed, i), true);
		for (size_t k = 0; k < WARD_ARRAY_LEN(wrong); k++) {
			seed[i] ^= wrong[k];
			tell(ward_slice_of(seed, len), k & 1);
			seed[i] ^= wrong[k];
		}
	}
}

static bool one(const char *dir, const char *name)
{
	static uint8_t seed[SEED_MAX];
	char path[4096];
	FILE *f = NULL;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path))
		f = fopen(path, "rb");
	if (!f) {
		perror(path);
		return false;
	}
	size_t len = fread(seed, 1, sizeof(seed), f);
	bool good = !ferror(f) && feof(f);

	(void)fclose(f);
	if (DISSECTOR.proto == WARD_PROTO_TCP)
		good = same_in_pieces(ward_slice_of(seed, len), name) &&
		       same_on_the_wire(ward_slice_of(seed, len), name) && good;
	damage(seed, len);
	return good;
}

int main(int argc, char **argv)
{
	DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
	size_t n = 0, bad = 0;

	if (!d) {
		(void)fprintf(stderr, "usage: %s FOLDER (of seeds)\n", argv[0]);
		return 2;
	}
	proto_lab_open(&lab, &DISSECTOR);
	wire_lab_open(&wire);
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		bad += !one(argv[1], e->d_name);
	}
	(void)closedir(d);
	proto_lab_close(&lab);
	wire_lab_close(&wire);
	printf("%zu seeds, %zu differ or can't be read\n", n, bad);
	return n == 0 || bad;
}

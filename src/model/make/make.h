/* Hospital directories that are made, not written: of any size for trials (generate.c), or a first
 * one of a real hospital from some answers (start.h).
 *
 * Pure: files in memory, the same bytes for the same question; who asked writes them. */
#ifndef WARD_MODEL_MAKE_MAKE_H
#define WARD_MODEL_MAKE_MAKE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/slice.h"
#include "base/wr.h"

enum { WARD_MAKE_FILES_MAX = 16 };
struct ward_make_files {
	const struct ward_mem *mem;
	struct {
		struct ward_str name; /* lives forever, or as long as the start */
		struct ward_wr text;
	} file[WARD_MAKE_FILES_MAX]; /* in byte order of their names */
	size_t n;
};
void ward_make_files_fini(struct ward_make_files *f);

/* How a generated hospital is built. */
enum ward_make_shape {
	WARD_MAKE_PAVILIONS, /* a building per 250 assets, floors above each other; two share their
				networks, all of them switchgear, cold water and oxygen */
	WARD_MAKE_DENSE,     /* one building: corridors of all pavilions joined on each floor, rooms
				also to the next room, one set of networks and plants */
	WARD_MAKE_DISPERSED, /* each floor stands alone around a yard; networks, switchgear, cold
				water and oxygen of their own per five such buildings */
	WARD_MAKE_SHAPES,
};
/* "pavilions", "dense", "dispersed". Lives forever. */
const char *ward_make_shape_name(enum ward_make_shape s);

enum { WARD_MAKE_ASSETS_MIN = 250, WARD_MAKE_ASSETS_MAX = 1000000 };
struct ward_make_ask {
	size_t n_asset; /* whole pavilions of 250 share them */
	uint64_t seed;
	enum ward_make_shape shape;
};

/* A hospital that does not exist, as dense in rooms, doors, relations, services, buffers and
 * protections per asset, and of the kinds of assets and rooms, as the pilot of pilots/turin: about
 * 2 nodes and 6.7 relations per asset. LIMIT outside the sizes, NOMEM. O(assets). */
WARD_MUST_CHECK enum ward_err ward_make_hospital(
	const struct ward_make_ask *ask, const struct ward_mem *mem, struct ward_make_files *ret);

#endif

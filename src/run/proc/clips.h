/* Private to the process that keeps clips: what its parts have in common. */
#ifndef WARD_RUN_PROC_CLIPS_H
#define WARD_RUN_PROC_CLIPS_H

#include "comply/evidence.h"
#include "comply/hold.h"
#include "comply/order.h"
#include "desk/decision.h"
#include "run/footage.h"
#include "run/photo.h"
#include "run/process.h"
#include "run/rows.h"
#include "run/sealed.h"

enum {
	CLIPS_PENDING = 64,
	CLIPS_COVERED = 256,
	CLIPS_TEXT = 1024,
	CLIPS_WHY = WARD_DECISION_TEXT, /* bytes of a reason */
	CLIPS_READINGS = 16,
	CLIPS_READINGS_SHARE = 4, /* of one person */
};

/* A place or thing of the hospital, and the cameras that look at it, a bit each. */
struct clips_place {
	struct ward_str id;
	uint64_t cameras;
};

/* A clip that was asked for. */
struct clips_pending {
	bool used, begun;
	size_t camera;
	struct ward_id incident;
	struct ward_clip_ask ask;
	uint64_t row;    /* of the incident: it is read again until this is dealt with */
	ward_ns give_up; /* monotonic */
	struct ward_footage head;
	struct ward_wr clip; /* what came of it */
};

/* Somebody looks at it in a page: the ledger has that. */
struct clips_reading {
	bool used;
	struct ward_id decision, clip;
	char who[WARD_DECISION_SUBJECT + 1];
	uint8_t secret[WARD_READING];
	uint64_t size, next; /* of key and file; offset of the next piece */
	ward_ns used_at;     /* monotonic */
};

struct clips {
	struct ward_process p;
	struct ward_limits lim;
	const char *dir;
	uint8_t key[WARD_EVIDENCE_PUBLIC];
	ward_ns before, after, keep;
	struct ward_arena names; /* of cameras and places */
	struct ward_str camera[WARD_CAMERAS_MAX];
	int video[WARD_CAMERAS_MAX]; /* links; WARD_FD_NONE: there is none */
	struct clips_place *place;   /* n_place, by id */
	size_t n_place;
	struct ward_ask store;
	int position; /* memory file: the incident's row from which on to read */
	uint64_t after_row;
	struct clips_pending pending[CLIPS_PENDING];
	/* Until when an incident is covered at a camera, the latest in a ring. */
	struct {
		struct ward_id incident;
		size_t camera;
		ward_ns until;
	} covered[CLIPS_COVERED];
	size_t n_covered;
	struct clips_given { /* of who makes photos fit to be kept, and of who finds files
				suspicious */
		int link;    /* WARD_FD_NONE: there is none */
		struct ward_photo_in is; /* what came of the one in hand */
		size_t n;                /* kept, as far as is known */
	} photos, files;
	ward_ns keep_files;
	struct { /* those of this life: whose they are */
		struct ward_id photo, by;
	} * whose; /* n_whose */
	size_t n_whose, cap_whose;
	int desk, api; /* links; WARD_FD_NONE: nobody looks at them in a page */
	struct clips_reading reading[CLIPS_READINGS];
	int holds;                 /* the journal's board; WARD_FD_NONE: there is none */
	struct ward_id holds_read; /* the last that was read of it */
	bool holds_known;          /* until then nothing is erased */
	struct ward_holds held;
	struct ward_order order;   /* while clips that are over are looked for */
	bool order_left;           /* not all of it was done */
	ward_ns expiry;            /* the next, of the wall clock; no later than a minute on */
	struct ward_arena scratch; /* of one record */
	uint8_t buf[WARD_MSG_MAX];
};

/* The places, and the names of cameras, from the memory file of the supervisor: lines "K name NAME"
 * and "K at ID". Ends the process when they can't be read. */
void clips_read_places(struct clips *c);
/* What is new of incidents: asks the cameras that look there. */
void clips_look(struct clips *c);

/* What became of a clip, or of a photo, which has no camera, and whose report stands for the
 * incident: as a row of the ledger; waits until it is durable. act lives forever; why, who may be
 * empty. id: of the row. */
struct clips_told {
	const char *act; /* written, none, read, erased */
	struct ward_id row, clip, incident;
	struct ward_str camera, why, who, role;
	ward_ns time; /* of the row: the same whenever it is told again */
	ward_ns from, to, expires;
	uint64_t bytes;         /* of key and file; 0: not said */
	uint8_t sha256[32];     /* of the file as it was first written */
	uint8_t key_sha256[32]; /* of its sealed key */
	bool has_sum;
};
/* False: this process is to stop, and nobody knows whether it is. */
bool clips_tell(struct clips *c, const struct clips_told *t);
struct ward_id clips_row_id(struct ward_id clip, const char *act);
/* Is it there already? */
bool clips_has(struct clips *c, struct ward_id clip);
/* Is it there with its key, kept of that incident or report? */
bool clips_has_of(struct clips *c, struct ward_id clip, struct ward_id of);
/* What is there of it, with its key; texts are in `head`. */
struct clips_kept {
	uint8_t head[WARD_EVIDENCE_HEAD_MAX];
	struct ward_evidence is;
	uint64_t bytes; /* of key and file */
};
bool clips_find(struct clips *c, struct ward_id clip, struct clips_kept *ret);
/* Bytes of one of its files (".key", ".clip") from the offset on; 0: there are none. */
size_t clips_pread(struct clips *c, struct ward_id clip, const char *end, uint64_t off, uint8_t *to,
	size_t max);
/* Encrypts it and keeps it, in the place of what has its id, then tells: e's id, incident, camera
 * and span are set, and when it was made. */
enum ward_err clips_write(struct clips *c, struct ward_evidence *e, struct ward_slice bytes);
void clips_keep(struct clips *c, const struct clips_pending *p);
/* A message of who gives one of these. */
void clips_hear_given(struct clips *c, struct clips_given *g);
bool clips_is_file(struct ward_str camera);
/* Tells once more what is kept: the life before may have ended before it was durable. */
void clips_tell_kept(struct clips *c);
/* Erases what has expired: the key first. */
void clips_expire(struct clips *c);
/* Tells what people read: files of `ward clip export` in the folder "reads". */
void clips_hear_readers(struct clips *c);
/* What pages ask: readings, and pieces of what they are of. */
void clips_hear_page(struct clips *c);

#endif

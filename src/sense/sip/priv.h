/* Inside sense/sip. */
#ifndef WARD_SENSE_SIP_PRIV_H
#define WARD_SENSE_SIP_PRIV_H

#include "event/classes.h"
#include "sense/sip/uas.h"
#include "sip/message.h"

enum {
	UAS_OUT = 4096, /* bytes of an answer */
	UAS_TEXT = 512, /* of a value that is kept */
	UAS_TAG = 16,
	UAS_NUMBER = 64,
	UAS_DIALOGS = 64,
	UAS_KNOWN = 1024, /* requests that were answered lately */
	UAS_NONCES = 256,
	UAS_BUCKETS = 256,
	UAS_PEERS = 64,
	UAS_ARENA = 1 << 20,
};

struct uas_net {
	uint8_t address[16];
	unsigned bits;
};

/* A request that was answered for good: one that is sent again is answered so again. */
struct uas_known {
	uint64_t key[2];
	unsigned status;
	ward_ns until; /* 0: none */
};

enum uas_dialog_state { DIALOG_FREE, DIALOG_ANSWERED, DIALOG_TALKING, DIALOG_ENDING };

/* A call that was answered: until its caller knows, and is told that it is over. */
struct uas_dialog {
	enum uas_dialog_state state;
	struct ward_uas_peer peer;
	char call_id[UAS_TEXT], remote[UAS_TEXT], own[UAS_TEXT], target[UAS_TEXT];
	char routes[UAS_OUT / 2];
	uint8_t last[UAS_OUT]; /* what is sent again */
	size_t n_last;
	uint32_t cseq;
	ward_ns again, wait, end;
};

struct uas_device {
	char number[UAS_NUMBER + 1];
	ward_ns heard, due; /* due 0: it need not be heard */
	bool listed, silent;
};

struct ward_uas {
	struct ward_uas_opts o;
	struct ward_arena arena;
	struct uas_net net[UAS_PEERS];
	size_t n_net;
	struct uas_known known[UAS_KNOWN];
	size_t at_known;
	struct uas_dialog dialog[UAS_DIALOGS];
	struct {
		uint64_t key, nc;
	} nonce[UAS_NONCES];
	size_t at_nonce;
	struct {
		ward_ns at;
		unsigned left;
	} bucket[UAS_BUCKETS];
	struct uas_device *device;
	size_t n_device, cap_device;
	uint64_t n_told;
	ward_ns refused_at; /* when field.refused was told last; 0: never */
	ward_ns mono, now;  /* of what is at work */
	/* names of fields */
	uint32_t f_kind, f_number, f_device, f_method, f_room, f_floor, f_building, f_spot, f_place,
		f_position, f_beacon, f_station, f_peer;
};

/* login.c */
enum uas_login { UAS_LOGIN_OK, UAS_LOGIN_NONE, UAS_LOGIN_STALE, UAS_LOGIN_WRONG };
enum uas_login uas_login(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, struct ward_str number);
void uas_challenge(
	struct ward_uas *u, const struct ward_uas_peer *from, bool stale, struct ward_wr *w);

/* call.c: the event of a call for help, recorded. NOMEM. */
enum ward_err uas_call(struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, enum ward_uas_taken *ret);
/* The user of an address, "4711" of "sip:4711@host"; empty: it has none, or an odd one. */
struct ward_str uas_user(struct ward_str uri);
/* Counts it, and tells it, at most once a minute, unless it comes from a stranger. */
enum ward_err uas_reject(struct ward_uas *u, enum ward_uas_reject r);

/* watch.c: which devices are there. */
enum ward_err uas_watch_begin(struct ward_uas *u);
/* It was heard; expires > 0: and comes again within so long; < 0: it says nothing of that. */
enum ward_err uas_watch_heard(struct ward_uas *u, struct ward_str number, ward_ns expires);
void uas_watch_leave(struct ward_uas *u, struct ward_str number);
enum ward_err uas_watch_tick(struct ward_uas *u);

/* answer.c: what Ward says. */
struct uas_answer {
	const char *status;     /* "200 OK" */
	struct ward_str fields; /* lines of its own */
	struct ward_str body;   /* a session description */
	bool route;             /* with what a call needs: routes and a contact */
};
/* False: it is too long to be said. */
bool uas_write(const struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, const struct uas_answer *a, struct ward_wr *w);
void uas_say(struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m,
	const struct uas_answer *a);
/* Where the answer to m goes: 18.2.2, RFC 3581. */
struct ward_uas_peer uas_back(const struct ward_uas_peer *from, const struct ward_sip_message *m);
/* The answer to an offer of voice: none is taken. */
void uas_put_session(const struct ward_uas *u, struct ward_str offer, struct ward_wr *w);
void uas_put_tag(const struct ward_uas *u, const struct ward_sip_message *m, struct ward_wr *w);
void uas_put_address(const struct ward_uas_peer *p, struct ward_wr *w);
/* A value of the caller's in one line: what is none of text becomes a blank. */
void uas_put_line(struct ward_wr *w, struct ward_str s);

/* dialog.c: calls that were answered. */
/* False: there is no room for another. */
bool uas_dialog_begin(
	struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m);
struct uas_dialog *uas_dialog_of(struct ward_uas *u, const struct ward_sip_message *m);
void uas_dialog_acknowledged(struct ward_uas *u, struct uas_dialog *d);
void uas_dialog_tick(struct ward_uas *u);

#endif

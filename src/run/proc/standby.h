/* Private to the process `standby`: one of two machines, of which one leads.
 *
 * Who leads gives the other each record of its journal, and acknowledges none that the other does
 * not have on its disk, but after the witness has noted that it goes on alone. Who follows takes
 * over when it hears nothing for longer than the lease, by the witness, which lets nobody take over
 * from one that went on alone. So an acknowledged record is where the next leader is, whatever
 * clocks and pauses did; the lease only bounds for how long a leader that is cut off goes on acting
 * outwards. `ward standby run` (the guardian) starts and ends `ward run` as it is told. */
#ifndef WARD_RUN_PROC_STANDBY_H
#define WARD_RUN_PROC_STANDBY_H

#include "journal/copy.h"
#include "run/carry_seal.h"
#include "run/proc/tie.h"
#include "run/wire.h"
#include "standby/formats.h"
#include "standby/state.h"
#include "standby/term.h"
#include "standby/witness.h"

/* What guardian and process say to each other, a byte each; behind START be32: the formats that
 * Ward is to write. */
enum standby_word {
	STANDBY_START = 'S',   /* run Ward */
	STANDBY_STOP = 'T',    /* end it */
	STANDBY_ENDED = 'E',   /* it has ended */
	STANDBY_SWITCH = 'W',  /* hand over */
	STANDBY_CARRY = 'C',   /* take the leader's state, and keep it until START */
	STANDBY_UPGRADE = 'U', /* write the latest formats that both can */
	STANDBY_FORCE = 'F'    /* lead, whatever the other acknowledged alone: by hand */
};

struct lead {
	enum ward_standby_mode mode;
	bool exposed;             /* a claim for PAIR was made: the other may take over */
	bool followed;            /* the other takes records */
	bool greeted;             /* HELLO is on its way … */
	ward_ns greeted_at;       /* … since then */
	bool over;                /* OVER was sent */
	uint64_t next, confirmed; /* to be sent; the other has all before */
	uint64_t own_next;        /* of our journal, when it last said */
	uint64_t pair_from;       /* what was acknowledged alone ends before; 0: not known yet */
	uint64_t pair_least;      /* what it must have before it is waited for */
	bool renews, renewing;    /* the other is to take our journal anew; it is on its way */
	uint32_t raises;   /* formats that somebody asked for: ours as soon as the other has them on
			    * its disk; 0 */
	ward_ns raised;    /* monotonic: on this link it is told so since; 0 */
	bool anew;         /* it ends for that */
	bool seeded;       /* on this link all files were given */
	uint64_t diverged; /* records that the other had, and we had not … */
	uint64_t diverged_next; /* … those that it had last ended before */
	ward_ns diverged_at;    /* … wall clock of that */
	ward_ns carried;        /* monotonic: the other has our state as of then; 0: not yet */
	ward_ns ended;          /* monotonic: Ward ended, to hand over; 0 */
	uint32_t read_id, hold_id;
	ward_ns lease_end, answered, stored, beat_at, hold_at, read_at, looked_at;
	struct ward_journal_copy *copy; /* files for one that begins anew */
	struct ward_wr file;
	size_t off;
	char file_name[WARD_JOURNAL_FILE_NAME];
};

struct follow {
	struct ward_journal *j; /* open while it follows */
	struct ward_io_dir dir;
	ward_ns at; /* wall clock of the record that is written: that of its first commit */
	struct ward_clock clock;
	uint64_t hello_epoch, hello_began; /* of who leads, until it has taken us; 0 */
	uint32_t formats;                  /* that it writes */
	bool seeding, over;
	bool taken; /* who leads gives us records: its epoch is ours */
	int seed_fd;
	uint64_t seed_left, aside;
	char aside_name[64];       /* of the folder where the last one was set aside */
	ward_ns full_until;        /* the disk was full: no copy is begun before */
	ward_ns heard, not_before; /* before it takes over, or takes up its lead again */
	ward_ns maintained;
	enum ward_took_how asks; /* the lead, as it would be taken by what was claimed last */
};

struct standby {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_str name;
	const char *folder, *journal;
	ward_ns lease;
	struct ward_io_dir dir; /* our own: term, state.json */
	struct ward_term term;
	struct tie_seats seats; /* who connects … */
	struct tie *in;         /* … of them the other, when it has met; never NULL */
	struct tie out, witness;
	char peer_host[256], witness_host[256], peer[WARD_STANDBY_NAME];
	int guardian, link, carrier;
	ward_ns carried; /* wall clock of who leads: the copy of its state is as of then; 0: none */
	enum ward_standby_role role;
	bool runs, first;               /* Ward runs; nobody ever led, and we shall */
	struct ward_witness seen;       /* as the witness last said */
	bool known;                     /* it did */
	enum ward_witness_want claimed; /* of which there is no answer yet; ASK: none, or that */
	ward_ns claimed_at, ask_after, told, since;
	ward_ns alone_since, witness_since; /* wall clock, as of struct ward_standby_state */
	struct ward_took took;              /* how our epoch began, if we lead it */
	uint64_t tell_after_s;
	uint32_t formats, peer_most; /* of what is kept; what the other reads up to, 0: not known */
	uint32_t unread;     /* formats of which it was said that somebody can't read them */
	uint64_t ends;       /* of Ward that nobody asked for */
	ward_ns force_until; /* monotonic: until then the lead is taken by hand; 0 */
	uint8_t buf[WARD_MSG_MAX];
	struct lead lead;
	struct follow follow;
};

ward_ns standby_now(const struct standby *s);
void standby_must(struct standby *s, enum ward_err err, const char *what);
/* The formats of what is kept are these from now on, durably. */
void standby_formats(struct standby *s, uint32_t formats);
/* Says, once of each, that these formats can't be read there. */
void standby_unread(struct standby *s, uint32_t formats, const char *mend);
/* Says to the guardian what is to be done. */
void standby_say(struct standby *s, enum standby_word w);
/* Asks the witness, unless something is being asked; it is ASK first on each connection. */
void standby_claim(struct standby *s, enum ward_witness_want want);
/* Does the witness say that we lead this epoch? */
bool standby_is_ours(const struct standby *s);

/* Says to who carries the state, in one message; it may be lost. */
void standby_carry(struct standby *s, struct ward_slice said);
/* The same of what came from the other machine: only what is sealed, and of its direction. */
void standby_relay(struct standby *s, struct ward_slice said, bool to_giver);

/* Both lead one epoch, which can't be: ends the process, and so Ward. */
WARD_NORETURN void standby_two_lead(struct standby *s);

/* standby_lead.c: */
void lead_begin(struct standby *s);
void lead_frame(struct standby *s, const struct ward_standby_frame *f);
void lead_message(struct standby *s, struct ward_msg *m);
void lead_verdict(struct standby *s, enum ward_witness_want want, bool yes);
void lead_turn(struct standby *s);
/* Leads no more: ends Ward, then follows. */
void lead_end(struct standby *s, const char *why);
/* By hand: the latest formats that both can. */
void lead_upgrade(struct standby *s);
/* What Ward wrote until its end, from its journal, which is ours now. */
void lead_rest(struct standby *s);
/* standby_seed.c: files of our journal; the next pieces. */
void seed_begin(struct standby *s);
void seed_turn(struct standby *s);
void seed_end(struct standby *s);
/* Of the one that follows. */
void seed_frame(struct standby *s, const struct ward_standby_frame *f);
/* A change of journals that was cut off is brought to its end; before the journal is opened. */
void seed_recover(struct standby *s);

/* standby_follow.c: */
void follow_begin(struct standby *s);
void follow_end(struct standby *s);
void follow_open(struct standby *s);
void follow_frame(struct standby *s, const struct ward_standby_frame *f);
void follow_verdict(struct standby *s, enum ward_witness_want want, bool yes);
void follow_turn(struct standby *s);
void follow_welcome(struct standby *s);

#endif

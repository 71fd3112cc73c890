/* What the SSH dissector keeps of one connection, shared by its files only. */
#ifndef WARD_SENSE_NET_SSH_STREAM_H
#define WARD_SENSE_NET_SSH_STREAM_H

#include "sense/net/dissector.h"
#include "sense/net/proto/ssh/ssh.h"

enum {
	WARD_SSH_KEXINIT_MAX = 4096, /* of the one that came first */
	WARD_SSH_SIZES = 6,          /* different answers while somebody logs in */
};

enum ward_ssh_state {
	WARD_SSH_AT_VERSION,
	WARD_SSH_PLAIN,     /* packets that can be read */
	WARD_SSH_ENCRYPTED, /* after NEWKEYS */
	WARD_SSH_OPAQUE,    /* version 1, or its place was lost */
};

struct ward_ssh_side {
	uint8_t state;
	bool ended;
	uint8_t n_version;
	char version[WARD_SSH_VERSION_MAX];
	uint64_t bytes; /* encrypted */
};

struct ward_ssh_answers {
	uint32_t size, count;
	uint32_t passwords; /* of all but the first: to a request as short as a password's */
};

/* Sizes of the server's segments after the service was accepted: guess.c. */
struct ward_ssh_guess {
	bool asked, off, told;
	bool asking;      /* the last segment is the client's */
	bool padded;      /* a success may be 8 bytes shorter than SERVICE_ACCEPT only */
	uint32_t accept;  /* size of SERVICE_ACCEPT; 0: not seen */
	uint32_t request; /* of the client since the last answer; UINT32_MAX: not known */
	struct ward_ssh_answers answer[WARD_SSH_SIZES];
	uint32_t n, last, before; /* answers; the last two */
};

struct ward_ssh_flow {
	struct ward_ssh_side side[2]; /* [0]: opened the connection */
	bool reversed;                /* side 1 is the SSH client */
	bool told, told_end;
	uint8_t kexinit_side;
	uint16_t n_kexinit; /* 0: none, or told */
	uint8_t kexinit[WARD_SSH_KEXINIT_MAX];
	struct ward_ssh_guess guess;
};

static inline unsigned ward_ssh_side_of(const struct ward_dissect *d)
{
	return d->from_client ? 0 : 1;
}

static inline bool ward_ssh_from_client(const struct ward_dissect *d)
{
	const struct ward_ssh_flow *f = d->flow;

	return d->from_client != f->reversed;
}

/* events.c; all come from the SSH client. */
bool ward_ssh_name_at(size_t i, struct ward_wr *w);
/* NULL: that side's was not seen. */
void ward_ssh_tell(const struct ward_dissect *d, const struct ward_ssh_kexinit *client,
	const struct ward_ssh_kexinit *server);
void ward_ssh_tell_host_key(const struct ward_dissect *d, const struct ward_ssh_key *k);
void ward_ssh_tell_disconnect(const struct ward_dissect *d, uint32_t reason);
void ward_ssh_tell_session(const struct ward_dissect *d);

/* guess.c: d's side has sent a segment of so many encrypted bytes; 0: not known. */
void ward_ssh_guess(const struct ward_dissect *d, size_t size);
/* Nothing follows. */
void ward_ssh_guess_end(const struct ward_dissect *d);

#endif

/* Which connections the configuration asks for: for those who look after firewalls. What a hospital
 * directory names, and the one that a sensor elsewhere makes. */
#ifndef WARD_CLI_FLOWS_H
#define WARD_CLI_FLOWS_H

#include "model/model.h"
#include "words/words.h"

enum { WARD_FLOWS_MAX = 1024, WARD_FLOW_TEXT = 192 };

enum ward_flow_seal {
	WARD_FLOW_PLAIN,
	WARD_FLOW_TLS,
	WARD_FLOW_MUTUAL, /* TLS, and who connects shows a certificate or a token */
	WARD_FLOW_SEALED, /* datagrams that are encrypted by themselves */
	WARD_FLOW_STARTS, /* plain at first, TLS before anything is said */
};

struct ward_flow {
	bool in;                    /* who is elsewhere begins it; else Ward does */
	bool here;                  /* it never leaves the machine */
	bool udp;                   /* else TCP */
	char other[WARD_FLOW_TEXT]; /* who is elsewhere: a host, or empty: anybody (in `what`) */
	char at[WARD_FLOW_TEXT];    /* of in: the address of ours */
	unsigned port;              /* of who does not begin it; 0: not known */
	char protocol[32];
	enum ward_flow_seal seal;
	const char *what; /* why: a WARD_TEXT, with the slot {name} */
	char name[WARD_FLOW_TEXT];
};
struct ward_flows {
	struct ward_flow f[WARD_FLOWS_MAX];
	size_t n;
	bool too_many;
	const char *ours; /* whose connections these are: a WARD_TEXT; NULL: Ward's */
};

/* Of the directory; findings about its files go to diag, and what is right of them counts. NOMEM.
 */
WARD_MUST_CHECK enum ward_err ward_flows_of(const struct ward_model *m, const char *dir,
	const char *content, const struct ward_limits *lim, struct ward_diag *diag,
	struct ward_flows *ret);
/* Of a sensor that is enrolled, or sends one way: "https://HOST[:PORT]", "diode://HOST:PORT".
 * False: it is none. */
bool ward_flows_of_sensor(struct ward_str to, struct ward_flows *ret);

/* machine: also those that never leave it. lang NULL: English. */
void ward_flows_markdown(
	const struct ward_flows *f, bool machine, struct ward_lang *lang, struct ward_wr *w);
/* RFC 4180: from,to,port,protocol,transport,encryption,why */
void ward_flows_csv(
	const struct ward_flows *f, bool machine, struct ward_lang *lang, struct ward_wr *w);
void ward_flows_svg(
	const struct ward_flows *f, bool machine, struct ward_lang *lang, struct ward_wr *w);

#endif

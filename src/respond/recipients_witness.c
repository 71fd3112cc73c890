#include "respond/recipients_witness.h"

static const ward_ns minute = 60 * WARD_NS_PER_S;
static const ward_ns machine_usual = 60 * minute, people_usual = 24 * 60 * minute;
static const ward_ns each_machine = 10 * WARD_NS_PER_S, each_people = 10 * minute;
static const ward_ns least = 5 * minute, most = 7 * 24 * 60 * minute;

#define say(in, at, ...) \
	ward_diag_addf((in)->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

/* A head says nothing; all else would be read on its way. */
static void udp(const struct ward_recipients_in *in, const struct ward_conf *c,
	const struct ward_recipient *p)
{
	if (p->channel == WARD_CHANNEL_SYSLOG && ward_str_starts(p->url, WARD_STR("udp://")))
		say(in, ward_conf_get(c, "syslog"),
			WARD_TEXT("what is told by udp:// can be read on its way\nwrite `syslog: "
				  "tls://HOST`; heads of the ledger (`gets: heads`) say nothing of "
				  "anybody, and may go so"));
}

void ward_recipients_witness_read(
	const struct ward_recipients_in *in, const struct ward_conf *c, struct ward_recipient *p)
{
	static const char *const never[] = {"level", "kinds", "places", "threats", "services",
		"acknowledge", "then", "taken", "roles", "person", "heartbeat", "test", "sends"};
	size_t before = in->diag->n_error;

	if (!p->heads) {
		udp(in, c, p);
		return;
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(never); i++)
		if (ward_conf_get(c, never[i]))
			say(in, ward_conf_get(c, never[i]),
				WARD_TEXT("'%s' has no place with `gets: heads`, which tells of no "
					  "incident\nleave it out"),
				never[i]);
	if (p->channel == WARD_CHANNEL_SIP || p->channel == WARD_CHANNEL_ESPA ||
		p->channel == WARD_CHANNEL_MQTT || p->channel == WARD_CHANNEL_TICKET)
		say(in, ward_conf_get(c, "gets"),
			WARD_TEXT("a head is to be kept, which a %s does not\nlet mail, a webhook "
				  "or syslog be the witness"),
			ward_channel_name(p->channel));
	p->every = ward_way(p->channel)->data ? machine_usual : people_usual;
	(void)ward_conf_duration(c, "every", false, in->diag, &p->every);
	p->at_most_each = ward_way(p->channel)->data ? each_machine : each_people;
	(void)ward_conf_duration(c, "at_most_each", false, in->diag, &p->at_most_each);
	if (p->at_most_each < each_machine || p->at_most_each > 60 * minute)
		say(in, ward_conf_get(c, "at_most_each"),
			WARD_TEXT("'at_most_each' floods the witness, or keeps from it what "
				  "matters\nwrite 10s to 1h"));
	if (in->diag->n_error == before && (p->every < least || p->every > most))
		say(in, ward_conf_get(c, "every"),
			WARD_TEXT("'every' floods the witness, or leaves the ledger without one "
				  "for too long\nwrite 5m to 7d, such as 1h"));
}

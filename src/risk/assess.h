/* What the files of this room share while they look at one device. Internal to the room. */
#ifndef WARD_RISK_ASSESS_H
#define WARD_RISK_ASSESS_H

#include "risk/match.h"
#include "risk/risk.h"

enum {
	RISK_THREATS = 6,
	RISK_CLASSES = 4,
	RISK_UNTOLD = 200000, /* millionths: that it has a weakness of which nobody told */
};

/* One vulnerability that was found to be spoken of for this device. */
struct found {
	uint32_t cve, advice; /* in advices */
	enum ward_advice_status status;
	enum ward_fit fit;
	enum ward_match by;
	struct ward_interval v;
};

/* enum ward_fit and ward_match of a product. */
struct fit {
	uint8_t fit, by;
};

/* One of those still open, among those that the same step helps against. */
struct step {
	uint32_t found;
	struct ward_interval before, on; /* what all before it, and all from it on, make together */
};

struct care;

struct assess {
	const struct ward_risk_world *w;
	struct ward_risks *r;
	enum ward_err err;
	uint32_t threat[RISK_THREATS]; /* what may be done to a device */
	size_t n_threat;
	uint32_t class[RISK_CLASSES];
	struct care *care; /* [nodes] */
	uint32_t *service; /* [n_service] */
	size_t n_service;
	int64_t weight_max; /* of a service, thousandths */
	struct fit *fit;    /* [products]: for `like` and all with its names */
	uint32_t like;      /* a device, or WARD_NONE */
	uint32_t care_class;
	/* [nodes]: of which device, from 1, that is told or looked at. */
	uint32_t *told, *seen;
	uint32_t *look;
	size_t n_look;
	bool more; /* than could be looked at */
	/* Of the device at hand. */
	uint32_t device;
	size_t n_hang; /* services that hang on it */
	struct ward_interval factor[WARD_FACTOR_N];
	struct ward_interval alone; /* its exposure if only its own network reached it */
	bool reached;               /* others do, or may */
	struct found *found;
	size_t n_found, cap_found;
	struct step *step; /* as many as are open of `found` */
	size_t cap_step;
};

void ward_assess_reason(struct assess *a, const struct ward_reason *x);
struct ward_interval ward_interval_times(struct ward_interval a, struct ward_interval b);
int64_t ward_either(int64_t a, int64_t b);
/* The risk if one factor were v. */
struct ward_interval ward_assess_with(
	const struct assess *a, enum ward_factor f, struct ward_interval v);

/* hang.c: services that hang on the device, beside those that are told already (a->told). */
void ward_assess_hanging(struct assess *a);
/* expose.c */
struct ward_interval ward_assess_exposure(struct assess *a, const struct ward_about *about);
/* vuln.c */
struct ward_interval ward_assess_vulnerability(
	struct assess *a, const struct ward_node *n, const struct ward_about *about);
/* treat.c */
void ward_assess_treatments(struct assess *a, struct ward_interval now);

#endif

/* A BACnet/IP controller for tests: answers as one would, well or badly, and keeps count of what it
 * was asked. Pure: a datagram comes in, datagrams go out by a callback; the caller has the clock
 * and the network. It trusts nobody either: what it is asked that is no reading is a violation,
 * counted and named. */
#ifndef WARD_TESTS_LAB_BACNET_DEVICE_H
#define WARD_TESTS_LAB_BACNET_DEVICE_H

#include "sense/bacnet/bacnet.h"

enum { LAB_OBJECTS = 96, LAB_QUESTIONS = 4096 };

struct lab_object {
	uint32_t type, instance;
	float value;
	uint8_t flags; /* in-alarm 8, fault 4, overridden 2, out-of-service 1 */
	uint32_t event_state;
};

/* Ways to answer badly. */
enum lab_manner {
	LAB_GOOD,
	LAB_SILENT,
	LAB_BUSY,         /* Abort: out of resources */
	LAB_ERROR_BUSY,   /* Error: device, device-busy */
	LAB_WRONG_INVOKE, /* the answer has another invoke id */
	LAB_WRONG_OBJECT, /* … or is about something else */
	LAB_TRUNCATED,    /* half of the answer */
	LAB_OVERSIZED,    /* values of thousands of bytes */
	LAB_ENDLESS,      /* segments without an end */
	LAB_ODD_SEGMENTS, /* segments in no order */
	LAB_NOISE,        /* bytes */
	LAB_MANNERS,
};

struct lab_device {
	uint32_t instance;
	unsigned max_apdu;
	bool segments;     /* sends long answers in segments */
	bool no_multiple;  /* knows no ReadPropertyMultiple */
	bool no_events;    /* knows no GetEventInformation */
	size_t events_max; /* alarms in one answer, with more to come (13.12); 0: all */
	bool same_events;  /* … and always the first ones */
	enum lab_manner manner;
	struct lab_object object[LAB_OBJECTS];
	size_t n_object;
	/* Where answers go. */
	void (*send)(void *ctx, struct ward_slice bytes);
	void *ctx;
	/* What it was asked. */
	unsigned n_heard, n_who_is, n_read, n_read_multiple, n_events, n_subscribe, n_receipt;
	unsigned n_segment_ack, n_abort, n_violation;
	char violation[96]; /* the first */
	/* An answer that is being sent in segments. */
	uint8_t whole[1 << 16];
	size_t len, at;
	uint8_t invoke, service, sequence;
	unsigned n_segment;
	struct ward_bacnet m;
	uint8_t text[1 << 14];
};

/* A good device with the usual abilities and n analog inputs, 20.5, 21.5 … */
void lab_device_init(struct lab_device *d, uint32_t instance, size_t n);
/* One datagram that the device receives. */
void lab_device_hear(struct lab_device *d, struct ward_slice bytes);
/* It tells the state of an object, confirmed or not (13.8, 13.9). */
void lab_device_event(struct lab_device *d, size_t object, uint32_t state, bool confirmed);
/* It tells a value that changed, as to a subscriber (13.2). */
void lab_device_change(struct lab_device *d, size_t object);
/* It says that it is there, as instance (16.10). */
void lab_device_i_am(struct lab_device *d, uint32_t instance);

/* Is the datagram one that only reads? Names what it is otherwise. subscribe, receipt: what is
 * allowed besides. */
bool lab_reads_only(struct ward_slice bytes, bool subscribe, bool receipt, char what[96]);

#endif

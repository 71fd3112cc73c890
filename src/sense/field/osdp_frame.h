/* One frame of OSDP (IEC 60839-11-5), read from the bytes of a serial line.
 *
 * Pure: the frame borrows the bytes. Faces whoever has the line. */
#ifndef WARD_SENSE_FIELD_OSDP_FRAME_H
#define WARD_SENSE_FIELD_OSDP_FRAME_H

#include "base/err.h"
#include "base/rd.h"

enum {
	WARD_OSDP_FRAME_MAX = 1440, /* bytes, checks included (IEC 60839-11-5 6.6) */
	WARD_OSDP_MAC = 4,
	WARD_OSDP_ADDRESSES = 0x80, /* 0x7F: whoever is there */
};

/* X(NAME, "counter name", "what is wrong") */
#define WARD_OSDP_REJECT_LIST(X)                                                           \
	X(NONE, "osdp.accept", "nothing")                                                  \
	X(LENGTH, "osdp.reject.length", "its length is none that a frame can have")        \
	X(CHECKSUM, "osdp.reject.checksum", "its checksum is another")                     \
	X(CRC, "osdp.reject.crc", "its CRC is another")                                    \
	X(SECURITY, "osdp.reject.security", "its security block does not fit, or is none") \
	X(CODE, "osdp.reject.code", "a reply with the code of no reply, or so a command")  \
	X(PAYLOAD, "osdp.reject.payload", "its data are not as long as its code needs")

enum ward_osdp_reject {
#define X(NAME, counter, what) WARD_OSDP_REJECT_##NAME,
	WARD_OSDP_REJECT_LIST(X)
#undef X
		WARD_OSDP_REJECT_N,
};
/* Both live forever. */
const char *ward_osdp_reject_counter(enum ward_osdp_reject r);
const char *ward_osdp_reject_text(enum ward_osdp_reject r);

/* X(NAME, code, "name", least, most): bytes of data; most < 0: no more than fit */
#define WARD_OSDP_COMMAND_LIST(X)                     \
	X(POLL, 0x60, "POLL", 0, 0)                   \
	X(ID, 0x61, "ID", 1, 1)                       \
	X(CAP, 0x62, "CAP", 1, 1)                     \
	X(LSTAT, 0x64, "LSTAT", 0, 0)                 \
	X(ISTAT, 0x65, "ISTAT", 0, 0)                 \
	X(OSTAT, 0x66, "OSTAT", 0, 0)                 \
	X(RSTAT, 0x67, "RSTAT", 0, 0)                 \
	X(OUT, 0x68, "OUT", 4, -1)                    \
	X(LED, 0x69, "LED", 14, -1)                   \
	X(BUZ, 0x6A, "BUZ", 5, 5)                     \
	X(TEXT, 0x6B, "TEXT", 6, -1)                  \
	X(RMODE, 0x6C, "RMODE", 2, 2)                 \
	X(TDSET, 0x6D, "TDSET", 7, 7)                 \
	X(COMSET, 0x6E, "COMSET", 5, 5)               \
	X(BIOREAD, 0x73, "BIOREAD", 4, 4)             \
	X(BIOMATCH, 0x74, "BIOMATCH", 6, -1)          \
	X(KEYSET, 0x75, "KEYSET", 2, -1)              \
	X(CHLNG, 0x76, "CHLNG", 8, 8)                 \
	X(SCRYPT, 0x77, "SCRYPT", 16, 16)             \
	X(ACURXSIZE, 0x7B, "ACURXSIZE", 2, 2)         \
	X(FILETRANSFER, 0x7C, "FILETRANSFER", 11, -1) \
	X(MFG, 0x80, "MFG", 3, -1)                    \
	X(XWR, 0xA1, "XWR", 2, -1)                    \
	X(ABORT, 0xA2, "ABORT", 0, 0)                 \
	X(PIVDATA, 0xA3, "PIVDATA", 6, 6)             \
	X(GENAUTH, 0xA4, "GENAUTH", 6, -1)            \
	X(CRAUTH, 0xA5, "CRAUTH", 6, -1)              \
	X(KEEPACTIVE, 0xA7, "KEEPACTIVE", 2, 2)

#define WARD_OSDP_REPLY_LIST(X)               \
	X(ACK, 0x40, "ACK", 0, 0)             \
	X(NAK, 0x41, "NAK", 1, -1)            \
	X(PDID, 0x45, "PDID", 12, 12)         \
	X(PDCAP, 0x46, "PDCAP", 0, -1)        \
	X(LSTATR, 0x48, "LSTATR", 2, 2)       \
	X(ISTATR, 0x49, "ISTATR", 1, -1)      \
	X(OSTATR, 0x4A, "OSTATR", 1, -1)      \
	X(RSTATR, 0x4B, "RSTATR", 1, -1)      \
	X(RAW, 0x50, "RAW", 4, -1)            \
	X(FMT, 0x51, "FMT", 3, -1)            \
	X(KEYPAD, 0x53, "KEYPAD", 2, -1)      \
	X(COM, 0x54, "COM", 5, 5)             \
	X(BIOREADR, 0x57, "BIOREADR", 6, -1)  \
	X(BIOMATCHR, 0x58, "BIOMATCHR", 3, 3) \
	X(CCRYPT, 0x76, "CCRYPT", 32, 32)     \
	X(RMAC_I, 0x78, "RMAC_I", 16, 16)     \
	X(BUSY, 0x79, "BUSY", 0, 0)           \
	X(FTSTAT, 0x7A, "FTSTAT", 7, 7)       \
	X(PIVDATAR, 0x80, "PIVDATAR", 0, -1)  \
	X(GENAUTHR, 0x81, "GENAUTHR", 0, -1)  \
	X(CRAUTHR, 0x82, "CRAUTHR", 0, -1)    \
	X(MFGSTATR, 0x83, "MFGSTATR", 0, -1)  \
	X(MFGERRR, 0x84, "MFGERRR", 0, -1)    \
	X(MFGREP, 0x90, "MFGREP", 3, -1)      \
	X(XRD, 0xB1, "XRD", 1, -1)

enum {
#define X(NAME, code, name, least, most) WARD_OSDP_##NAME = (code),
	WARD_OSDP_COMMAND_LIST(X)
#undef X
};
enum {
#define X(NAME, code, name, least, most) WARD_OSDP_##NAME = (code),
	WARD_OSDP_REPLY_LIST(X)
#undef X
};

struct ward_osdp_frame {
	bool reply;       /* of a reader; else a command to it */
	bool crc;         /* else a checksum */
	bool encrypted;   /* data are not to be read */
	uint8_t address;  /* 0 to 0x7F */
	uint8_t sequence; /* 0 to 3 */
	uint8_t security; /* type of the security block, 0x11 to 0x18; 0: in the clear */
	uint8_t key;      /* of types 0x11 to 0x14: 0 the key that everybody knows, 1 its own */
	uint8_t code;
	const char *name; /* "POLL" …; lives forever */
	struct ward_slice data;
};

/* Reads the frame that begins at the first byte of s, which is 0x53. OK: *ret, and *used bytes are
 * its own. MORE: it is not whole. MALFORMED: none begins here, *why says what is wrong (PAYLOAD and
 * CODE: it is a whole frame, of *used bytes; else a frame may begin at the next byte, *used is 1).
 */
WARD_MUST_CHECK enum ward_err ward_osdp_frame(
	struct ward_slice s, struct ward_osdp_frame *ret, size_t *used, enum ward_osdp_reject *why);

/* CRC-16 of IEC 60839-11-5 annex C: polynomial 0x1021, from 0x1D0F. */
uint16_t ward_osdp_crc(struct ward_slice s);
/* What makes the sum of all bytes zero. */
uint8_t ward_osdp_checksum(struct ward_slice s);

#endif

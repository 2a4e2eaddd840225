#include "textflag.h"

// SPREAD fills a register with a byte.
#define SPREAD(byte, x, y) \
	MOVL byte, AX \
	VMOVD AX, x \
	VPBROADCASTB x, y

// u and l are letters of "nul" that no register is left for.
DATA u<>+0(SB)/8, $0x7575757575757575
DATA u<>+8(SB)/8, $0x7575757575757575
DATA u<>+16(SB)/8, $0x7575757575757575
DATA u<>+24(SB)/8, $0x7575757575757575
GLOBL u<>(SB), RODATA|NOPTR, $32

DATA l<>+0(SB)/8, $0x6c6c6c6c6c6c6c6c
DATA l<>+8(SB)/8, $0x6c6c6c6c6c6c6c6c
DATA l<>+16(SB)/8, $0x6c6c6c6c6c6c6c6c
DATA l<>+24(SB)/8, $0x6c6c6c6c6c6c6c6c
GLOBL l<>(SB), RODATA|NOPTR, $32

// HALF looks at the 32 bytes at off from SI: their digits to digits, their signs to signs.
// With 0x50 added, '0' to '9' are the least of the signed bytes. Y6 gathers "cp", Y5 "onn" and "nul".
#define HALF(off, digits, signs) \
	VMOVDQU off(SI), Y0 \
	VMOVDQU (off+1)(SI), Y1 \
	VPADDB Y8, Y0, Y2 \
	VPCMPGTB Y2, Y9, Y2 \
	VPMOVMSKB Y2, digits \
	VPCMPEQB Y10, Y0, Y2 \
	VPMAXUB Y11, Y0, Y3 \
	VPCMPEQB Y0, Y3, Y3 \
	VPOR Y2, Y3, Y2 \
	VPMOVMSKB Y2, signs \
	VPOR Y12, Y0, Y2 \
	VPCMPEQB Y15, Y2, Y4 \
	VPCMPEQB Y13, Y2, Y2 \
	VPCMPEQB u<>(SB), Y1, Y3 \
	VPAND Y3, Y4, Y4 \
	VMOVDQU l<>(SB), Y3 \
	VPCMPEQB (off+2)(SI), Y3, Y3 \
	VPAND Y3, Y4, Y4 \
	VPOR Y4, Y5, Y5 \
	VPOR Y12, Y1, Y3 \
	VPCMPEQB Y14, Y3, Y3 \
	VPAND Y2, Y3, Y2 \
	VPOR Y2, Y6, Y6 \
	VPCMPEQB Y7, Y0, Y2 \
	VPCMPEQB Y15, Y1, Y3 \
	VPCMPEQB (off+2)(SI), Y15, Y4 \
	VPAND Y2, Y3, Y3 \
	VPAND Y3, Y4, Y4 \
	VPOR Y4, Y5, Y5

// func lookAtMany(text *byte, blocks int, marks *Marks) (some uint64, met Words)
TEXT ·lookAtMany(SB), NOSPLIT, $0-36
	MOVQ text+0(FP), SI
	MOVQ blocks+8(FP), CX
	MOVQ marks+16(FP), DI
	SPREAD($0x50, X8, Y8)
	SPREAD($0x8a, X9, Y9)
	SPREAD($0x2d, X10, Y10)
	SPREAD($0xd9, X11, Y11)
	SPREAD($0x20, X12, Y12)
	SPREAD($0x63, X13, Y13)
	SPREAD($0x70, X14, Y14)
	SPREAD($0x6e, X15, Y15)
	SPREAD($0x6f, X7, Y7)
	VPXOR Y6, Y6, Y6
	VPXOR Y5, Y5, Y5

	MOVQ $1, R9
	XORL R10, R10

block:
	HALF(0, AX, BX)
	HALF(32, DX, R8)
	SHLQ $32, DX
	ORQ  DX, AX
	SHLQ $32, R8
	ORQ  R8, BX
	MOVQ AX, (DI)
	MOVQ BX, 8(DI)
	ORQ  AX, BX
	MOVQ $0, R11
	CMOVQNE R9, R11
	ORQ  R11, R10
	SHLQ $1, R9
	ADDQ $64, SI
	ADDQ $16, DI
	DECQ CX
	JNZ  block

	XORL AX, AX
	VPTEST Y6, Y6
	SETNE AX
	XORL BX, BX
	VPTEST Y5, Y5
	SETNE BX
	SHLL $1, BX
	ORL  BX, AX
	MOVQ R10, some+24(FP)
	MOVL AX, met+32(FP)
	VZEROUPPER
	RET

// LETTERS sets in plain which of the 32 bytes at off from SI are letters, and in leads which
// are 0xc3: with 0x1f added to the small letters, 'a' to 'z' are the least of the signed bytes.
#define LETTERS(off, plain, leads) \
	VMOVDQU off(SI), Y1 \
	VPOR Y1, Y12, Y0 \
	VPADDB Y8, Y0, Y0 \
	VPCMPGTB Y0, Y9, Y0 \
	VPMOVMSKB Y0, plain \
	VPCMPEQB Y1, Y10, Y1 \
	VPMOVMSKB Y1, leads

// func lettersAtMany(text *byte) (plain, leads uint64)
TEXT ·lettersAtMany(SB), NOSPLIT, $0-24
	MOVQ text+0(FP), SI
	SPREAD($0x1f, X8, Y8)
	SPREAD($0x9a, X9, Y9)
	SPREAD($0xc3, X10, Y10)
	SPREAD($0x20, X12, Y12)
	LETTERS(0, BX, R8)
	LETTERS(32, DX, R9)
	SHLQ $32, DX
	ORQ  DX, BX
	SHLQ $32, R9
	ORQ  R9, R8
	MOVQ BX, plain+8(FP)
	MOVQ R8, leads+16(FP)
	VZEROUPPER
	RET

// func pairsAtMany(text *byte, first, second byte) uint64
TEXT ·pairsAtMany(SB), NOSPLIT, $0-24
	MOVQ text+0(FP), SI
	VPBROADCASTB first+8(FP), Y8
	VPBROADCASTB second+9(FP), Y9
	VPCMPEQB (SI), Y8, Y0
	VPCMPEQB 1(SI), Y9, Y1
	VPAND Y0, Y1, Y0
	VPMOVMSKB Y0, BX
	VPCMPEQB 32(SI), Y8, Y0
	VPCMPEQB 33(SI), Y9, Y1
	VPAND Y0, Y1, Y0
	VPMOVMSKB Y0, DX
	SHLQ $32, DX
	ORQ  DX, BX
	MOVQ BX, ret+16(FP)
	VZEROUPPER
	RET

// The bit of each value of the upper four bits of a byte.
DATA upper<>+0(SB)/8, $0x8040201008040201
DATA upper<>+8(SB)/8, $0x8040201008040201
DATA upper<>+16(SB)/8, $0x8040201008040201
DATA upper<>+24(SB)/8, $0x8040201008040201
GLOBL upper<>(SB), RODATA|NOPTR, $32

// The lower four bits of each byte.
DATA lower<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lower<>+8(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lower<>+16(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lower<>+24(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL lower<>(SB), RODATA|NOPTR, $32

// The highest bit of each byte.
DATA others<>+0(SB)/8, $0x8080808080808080
DATA others<>+8(SB)/8, $0x8080808080808080
DATA others<>+16(SB)/8, $0x8080808080808080
DATA others<>+24(SB)/8, $0x8080808080808080
GLOBL others<>(SB), RODATA|NOPTR, $32

// CLASS sets in mask which bytes have their bit Y2 in a class's rows: by Y0 in below, by Y1,
// which has the bytes from 0x80 on, in above. A shuffle gives 0 for what the other has.
#define CLASS(below, above, mask) \
	VPSHUFB Y0, below, Y3 \
	VPSHUFB Y1, above, Y4 \
	VPOR Y3, Y4, Y3 \
	VPAND Y2, Y3, Y3 \
	VPCMPEQB Y2, Y3, Y3 \
	VPMOVMSKB Y3, mask

#define CLASSES(off, a, b, c) \
	VMOVDQU off(SI), Y0 \
	VPXOR Y7, Y0, Y1 \
	VPSRLW $4, Y0, Y2 \
	VPAND Y6, Y2, Y2 \
	VPSHUFB Y2, Y5, Y2 \
	CLASS(Y8, Y9, a) \
	CLASS(Y10, Y11, b) \
	CLASS(Y12, Y13, c)

// func classesAtMany(text *byte, r *rows) (a, b, c uint64)
TEXT ·classesAtMany(SB), NOSPLIT, $0-40
	MOVQ text+0(FP), SI
	MOVQ r+8(FP), DI
	VMOVDQU others<>(SB), Y7
	VMOVDQU lower<>(SB), Y6
	VMOVDQU upper<>(SB), Y5
	VMOVDQU (DI), Y8
	VMOVDQU 32(DI), Y9
	VMOVDQU 64(DI), Y10
	VMOVDQU 96(DI), Y11
	VMOVDQU 128(DI), Y12
	VMOVDQU 160(DI), Y13
	CLASSES(0, AX, BX, CX)
	CLASSES(32, DX, R8, R9)
	SHLQ $32, DX
	ORQ  DX, AX
	SHLQ $32, R8
	ORQ  R8, BX
	SHLQ $32, R9
	ORQ  R9, CX
	MOVQ AX, a+16(FP)
	MOVQ BX, b+24(FP)
	MOVQ CX, c+32(FP)
	VZEROUPPER
	RET

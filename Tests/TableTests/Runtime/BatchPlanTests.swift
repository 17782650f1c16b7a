import JSONDocument
import Journal
import TestSupport
import Testing

@testable import Table

@Suite("BatchPlan")
struct BatchPlanTests {
    /// A plan over the empty table whose decisions are given.
    private func plan(_ decisions: [Decision]) -> BatchPlan {
        let state = CommittedState(
            document: TableDocument.empty, offset: 9, chain: ChainDigest(journal: "test"), time: .epoch,
            digests: DocumentDigest())
        let indexes = CommittedIndexes(changes: ChangeIndex(), window: CommandWindow())
        return BatchPlan(
            basis: BatchPlan.Basis(state: state, indexes: indexes),
            context: DecisionContext(now: .epoch, makeUUID: { "" }),
            decide: { command, _, _ throws(CommandError) in
                guard case .viewerNightMode(_, let number?) = command, let index = number.intValue else {
                    throw .decisionFailed
                }
                return decisions[index]
            })
    }

    /// The command that is answered with the given decision.
    private func request(_ index: Int, id: String? = nil) -> CommandRequest {
        CommandRequest(
            .viewerNightMode(enabled: nil, brightness: .number(index)), actor: "dm", id: id, contentDigest: "d")
    }

    private func event(_ operations: JSONPatchOperation...) -> EventContent {
        EventContent(type: "test.done", patch: JSONPatch(operations))
    }

    private func add(_ folder: String) -> JSONPatchOperation {
        .add(JSONPointer(tokens: ["sceneFolders", folder]), .object([]))
    }

    private func codes(_ plan: BatchPlan) -> [CommandError.Code?] { plan.replies.map(\.result.code) }

    @Test
    func aGroupIsOneChangeWithItsRecordInTheLastEvent() throws {
        var plan = self.plan([
            Decision(events: [self.event(self.add("A")), self.event(self.add("B"))], answer: ["message": "done"]),
            Decision(events: [self.event(self.add("C"))]),
        ])
        plan.add(self.request(0, id: "c1")) { _ in }
        plan.add(self.request(1)) { _ in }
        #expect(plan.drafts.map(\.count) == [2, 1])
        #expect(plan.drafts[0].map(\.command) == ["c1", "c1"])
        #expect(
            plan.drafts[0].map { String(decoding: $0.data, as: UTF8.self) } == [
                "{}", #"{"request":"d","answer":{"message":"done"}}"#,
            ])
        #expect(plan.drafts[1][0].data == Array("{}".utf8), "without an id there is nothing to remember")
        #expect(plan.replies.map(\.result.offset) == [11, 12])
        #expect(plan.commands.map(\.entry.offset) == [11])
        #expect(plan.changes.newestChange(at: try JSONPointer("/sceneFolders/A")) == 10)
    }

    @Test
    func aGroupThatFailsHalfWayLeavesNothing() {
        var plan = self.plan([
            Decision(events: [
                self.event(self.add("A")), self.event(.remove(JSONPointer(tokens: ["nowhere", "x"]))),
            ]),
            Decision(events: [self.event(self.add("B"))]),
        ])
        plan.add(self.request(0, id: "c1")) { _ in }
        plan.add(self.request(1)) { _ in }
        #expect(self.codes(plan) == [.conflict, nil])
        #expect(plan.faults.map(\.type) == ["test.done"])
        #expect(plan.document["sceneFolders"]?.members?.map(\.key) == ["B"])
        #expect(plan.drafts.count == 1)
        #expect(plan.items.count == 1)
        #expect(plan.commands.isEmpty)
    }

    @Test
    func aPatchThatFailsAloneLeavesTheDocument() {
        var plan = self.plan([
            Decision(events: [self.event(self.add("A"), .remove(JSONPointer(tokens: ["nowhere"])))])
        ])
        plan.add(self.request(0)) { _ in }
        #expect(self.codes(plan) == [.conflict])
        #expect(plan.document == TableDocument.empty)
        #expect(plan.isEmpty)
    }

    @Test(arguments: [500, 508, 509, 510, 511, 512, 513, 600])
    func whatIsAcceptedCanBeReplayed(depth: Int) throws {
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(text: nested)
        } catch {
            #expect(depth > JSONLimits.depthMax)
            return
        }
        var plan = self.plan([Decision(events: [self.event(.replace(JSONPointer(tokens: ["live"]), value))])])
        plan.add(self.request(0)) { _ in }
        #expect(plan.faults.isEmpty)
        guard let draft = plan.drafts.first?.first else {
            #expect(self.codes(plan) == [.invalid])
            #expect(depth > 500)
            return
        }
        var document = TableDocument.empty
        try document.apply(encodedPatch: draft.patch.span)
        #expect(try JSONValue.parse(document.serialized()) == plan.document)
    }
}

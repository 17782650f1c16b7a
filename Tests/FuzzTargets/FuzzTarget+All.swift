extension FuzzTarget {
    /// Every target, by the layer that it is about.
    package static let all: [FuzzTarget] =
        [json, jsonIncremental, jsonPointer, jsonPatch, jsonDiff, jsonMerge]
        + [eventLine, frameHeader, journalIdentity, segment, segmentPlan]
        + [path, command]
        + [moment, glob, eventFilter, place, condition, archiveEntry]
        + [mirrorListing, playRequest, playKeys]
        + [resumeRequest, clientMessage, plainMessages]
        + [multipart, range, requestPath, headerParameters]
        + [webSocketFrames, webSocketMessage]
}

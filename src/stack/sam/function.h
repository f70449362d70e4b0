// AWS::Serverless::Function: the function, its role, version and alias, URL, event configuration
// and event sources.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

void ExpandFunction(const Source& source, Expansion& expansion);

// Code of CodeUri or ContentUri: an S3 location for "s3://BUCKET/KEY[?versionId=V]" or an object
// with Bucket and Key; a local path stays a text, which gatehouse serves as it is. Null: it is
// wrong, which was told.
Value CodeLocation(const Source& source, std::string_view property, Expansion& expansion);

// SAM's tag, then the source's.
Value SamTags(const Source& source, Expansion& expansion,
              std::string_view key = "lambda:createdBy");

// PropagateTags: the source's Tags replace those of everything it makes that has tags.
void PropagateTags(const Source& source, MadeList& made, Expansion& expansion);

// Traces are wanted: Tracing is given, and not Disabled.
bool IsTraced(const Source& source, const Expansion& expansion);

}  // namespace gatehouse::stack::sam

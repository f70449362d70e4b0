// AWS::Serverless::Api and AWS::Serverless::HttpApi. gatehouse serves neither REST nor HTTP APIs:
// what comes out has SAM's names, so that everything that refers to it stands, and the routes of
// the functions' events; authorizers, models, usage plans and gateway responses are left out.
#pragma once

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

// Marks a definition that the events of functions make, until it goes out.
inline constexpr std::string_view kManagedDefinition = "x-gatehouse-managed";

// ServerlessRestApi and ServerlessHttpApi, for events that name no API. Before Globals.
void AddImplicitApis(Expansion& expansion);

void ExpandRestApi(const Source& source, Expansion& expansion);
void ExpandHttpApi(const Source& source, Expansion& expansion);

}  // namespace gatehouse::stack::sam
